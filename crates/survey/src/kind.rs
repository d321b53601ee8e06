//! What findings are about: the word, what it comes to, and what to do about it.

use mcpdex_model::words;

words! {
    /// What a finding is about.
    Kind, "kind of finding" {
        /// What the tool can do is of this risk.
        Risk = "risk",
        /// No rule recognised the tool.
        Unrecognised = "unrecognised",
        /// The server's annotation and the tool's definition disagree.
        AnnotationMismatch = "annotation-mismatch",
        /// The definition speaks of reading, and the code of the handler does more.
        CodeContradiction = "code-contradiction",
        /// The definition holds invisible characters or letters of another script.
        HiddenText = "hidden-text",
        /// The definition speaks to the model instead of describing the call.
        Instructions = "instructions",
        /// Private data, untrusted content and a way out meet.
        Combination = "combination",
        /// Several servers have tools of one name that are not the same.
        NameCollision = "name-collision",
        /// The name looks like another one and is not.
        LookAlike = "look-alike",
        /// A server claims the name, the package, the address or the repository of another one.
        Impostor = "impostor",
        /// What is listed as a server's package only passes calls on.
        Bridge = "bridge",
        /// Another server's description speaks of this tool.
        Shadowing = "shadowing",
        /// The list is known to be incomplete.
        Partial = "partial",
        /// The server could not be read.
        Unread = "unread",
        /// One list names a tool more than once.
        DuplicateName = "duplicate-name",
        /// The client never asks before it calls the server's tools.
        StandingApproval = "standing-approval",
        /// A secret stands in the configuration as such.
        PlainSecret = "plain-secret",
        /// What is started is a package without an exact version.
        Unpinned = "unpinned",
        /// What is started is fetched from an address or a repository without a checksum.
        UnverifiedDownload = "unverified-download",
        /// A change alters what decides about it: rules, overrides or suppressions.
        GateChange = "gate-change",
        /// A skill lets a dangerous call run without asking.
        SkillGrant = "skill-grant",
        /// The text of a skill names a dangerous tool.
        SkillMention = "skill-mention",
    }
}

impl Kind {
    /// Whether it is about who a server is, not about what its tools do.
    pub const fn is_about_identity(self) -> bool {
        matches!(self, Kind::Impostor | Kind::Bridge | Kind::LookAlike)
    }

    /// What a finding of this kind comes to, as a clause.
    pub const fn harm(self) -> &'static str {
        match self {
            Kind::Risk => "it can do harm",
            Kind::Unrecognised => "no rule recognises it",
            Kind::AnnotationMismatch => "its hints are milder than its definition",
            Kind::CodeContradiction => "its code does more than it says",
            Kind::HiddenText => "its definition holds hidden text",
            Kind::Instructions => "its text speaks to the model",
            Kind::Combination => "a leak is possible",
            Kind::NameCollision => "another server has a tool of this name",
            Kind::LookAlike => "its name looks like another one",
            Kind::Impostor => "it claims what is another's",
            Kind::Bridge => "its package is a bridge",
            Kind::Shadowing => "it speaks of another server's tool",
            Kind::Partial => "the list is read in part",
            Kind::Unread => "the server is not read",
            Kind::DuplicateName => "its list defines the name twice",
            Kind::StandingApproval => "calls are approved beforehand",
            Kind::PlainSecret => "a secret stands in the entry",
            Kind::Unpinned => "no exact version is named",
            Kind::UnverifiedDownload => "what it starts is not verified",
            Kind::GateChange => "the change alters what judges it",
            Kind::SkillGrant => "a skill lets it run unasked",
            Kind::SkillMention => "a skill tells agents of it",
        }
    }

    /// What findings of this kind mean and what to do about them, in a sentence or two.
    pub const fn help(self) -> &'static str {
        match self {
            Kind::Risk => {
                "A tool can do this much harm when an agent calls it. Limit, hide or require approval for it in the policy."
            }
            Kind::Unrecognised => {
                "No rule recognised the tool, so it is held to change things. Read its definition and settle it by an override."
            }
            Kind::AnnotationMismatch => {
                "The server says one thing of the tool and its definition another. Do not rely on the annotation."
            }
            Kind::CodeContradiction => {
                "The tool says that it reads, and its own source does more at the place that is named. Read the code, and hold the tool to what it does."
            }
            Kind::HiddenText => {
                "Text that a person does not see may steer a model. Look at the definition with escapes shown."
            }
            Kind::Instructions => {
                "The definition gives a model orders that have nothing to do with the call. Read it, and do not connect the server before you know why."
            }
            Kind::Combination => {
                "An agent that reads private data and text from strangers and can send things out can be made to leak. Take one of the three away."
            }
            Kind::NameCollision => {
                "A client that knows tools by name alone may call the wrong one. Give the servers prefixes or connect one of them."
            }
            Kind::LookAlike => "A name that looks like another may have been chosen to be called in its place.",
            Kind::Impostor => {
                "What is installed or asked may be somebody else's than the name says. Find out whose it is (`mcpdex server NAME --why`) before you connect it."
            }
            Kind::Bridge => {
                "The package only passes calls on to an address or a command, which decides what the tools do. Look at what stands behind it."
            }
            Kind::Shadowing => {
                "A description that speaks of another server's tool may change how a model uses that tool."
            }
            Kind::Partial => "What is missing from the list was not judged. Learn the list from the server itself.",
            Kind::Unread => "Nothing is known of the server's tools, which does not make them harmless.",
            Kind::DuplicateName => {
                "Clients differ in which of two definitions of one name they take. All of them were judged, and the gravest counts."
            }
            Kind::StandingApproval => {
                "Nobody is asked before the tool is called. Take the standing approval away, or limit it to tools that only read."
            }
            Kind::PlainSecret => {
                "Whoever reads the configuration has the secret. Refer to a variable or a vault instead, and change the secret."
            }
            Kind::Unpinned => {
                "The next start may run other code than the one that was looked at. Name an exact version or a digest."
            }
            Kind::UnverifiedDownload => {
                "Whoever controls the address decides what runs. Name a fixed commit, or a package of an index with its version."
            }
            Kind::SkillGrant => {
                "Whoever uses the skill is not asked before the call. Take the grant out, or hold it to the commands and tools that the skill needs."
            }
            Kind::SkillMention => {
                "The skill's text leads an agent to a tool that can do this much harm. Read what it says of it, and see that the tool's policy asks."
            }
            Kind::GateChange => {
                "Whoever can accept their own findings needs no gate. Settings, rules, overrides and suppressions count as the base has them; bring the change of them in by itself, reviewed by those who own the gate."
            }
        }
    }
}
