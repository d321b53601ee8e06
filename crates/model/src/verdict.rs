//! What mcpdex says about a tool.

use crate::sep2793::Sep2793;
use crate::words;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

words! {
    /// What calling a tool does. Later is graver.
    Class, "class" {
        /// Retrieves, and changes nothing anywhere.
        Read = "read",
        /// Creates, changes or deletes data, configuration or permissions.
        Write = "write",
        /// Runs code, commands or free-form queries, or triggers a process whose effect goes beyond a record.
        Execute = "execute",
    }
}

words! {
    /// Later is graver.
    Risk, "risk" { Low = "low", Medium = "medium", High = "high", Critical = "critical" }
}

words! {
    /// How sure a verdict is, apart from how bad it would be.
    Confidence, "confidence" { Low = "low", Medium = "medium", High = "high" }
}

words! {
    /// What else is true of a tool, beside its class.
    Trait, "trait" {
        /// What is lost cannot be brought back.
        Destructive = "destructive",
        /// Moves money, places orders or trades.
        Financial = "financial",
        /// Runs code or commands of the caller's choice.
        CodeExecution = "code-execution",
        /// Returns, creates, rotates, sets or stores secrets, tokens or keys.
        CredentialAccess = "credential-access",
        /// Reaches other people: mail, chat, posts, calls.
        ExternalCommunication = "external-communication",
        /// Reads what is private to a person.
        PrivateData = "private-data",
        /// Brings text from outside into the agent's context.
        UntrustedContent = "untrusted-content",
        /// Connects to an address of the caller's choice.
        NetworkEgress = "network-egress",
        /// Reads or writes files of the caller's choice.
        FileAccess = "file-access",
        /// Changes permissions, keys, users or the system's own protection.
        Privileged = "privileged",
        /// Changes or removes many independent records in one call.
        Bulk = "bulk",
        /// Its text speaks to the model instead of describing the call.
        InstructsTheModel = "instructs-the-model",
    }
}

impl Trait {
    /// What follows from the trait, as a clause for a rationale.
    pub const fn means(self) -> &'static str {
        match self {
            Trait::Destructive => "data can be lost",
            Trait::Financial => "money or assets are at stake",
            Trait::CodeExecution => "code of the caller's choice runs",
            Trait::CredentialAccess => "secrets come into the conversation",
            Trait::ExternalCommunication => "it reaches beyond the account",
            Trait::PrivateData => "what is private to people comes into the conversation",
            Trait::UntrustedContent => "text by strangers comes into the conversation",
            Trait::NetworkEgress => "the caller chooses the address",
            Trait::FileAccess => "the caller chooses the files",
            Trait::Privileged => "it decides who may do what",
            Trait::Bulk => "one call reaches many things",
            Trait::InstructsTheModel => "its text speaks to the model instead of describing the call",
        }
    }
}

words! {
    /// The reference taxonomy of five, derived from class and traits. Later takes precedence.
    Category, "category" {
        Read = "read",
        Write = "write",
        Execute = "execute",
        Destructive = "destructive",
        Financial = "financial",
    }
}

impl Category {
    /// Derives the category: Financial > Destructive > Execute > Write > Read.
    pub fn of(class: Class, traits: &BTreeSet<Trait>) -> Category {
        if traits.contains(&Trait::Financial) {
            Category::Financial
        } else if traits.contains(&Trait::Destructive) {
            Category::Destructive
        } else {
            match class {
                Class::Read => Category::Read,
                Class::Write => Category::Write,
                Class::Execute => Category::Execute,
            }
        }
    }
}

impl Risk {
    /// Derives the risk from class and traits; the number of hits plays no part.
    ///
    /// Destructive, financial or code-execution → critical, and so are a change of rights in bulk and a stored secret that
    /// leaves; execute → high; write → medium, or high where it changes rights, many records or reaches outside; read →
    /// low, medium when it reaches private data, arbitrary files or addresses, high when it reaches secrets. Text that
    /// speaks to the model is at least medium. Small losses and milder executions are told apart by the judge.
    pub fn of(class: Class, traits: &BTreeSet<Trait>) -> Risk {
        let any = |of: &[Trait]| of.iter().any(|one| traits.contains(one));
        let all = |of: &[Trait]| of.iter().all(|one| traits.contains(one));
        let changes = class != Class::Read;
        let leaves = any(&[Trait::NetworkEgress, Trait::ExternalCommunication]);
        if any(&[Trait::CodeExecution])
            || changes && (any(&[Trait::Destructive, Trait::Financial]) || all(&[Trait::Privileged, Trait::Bulk]))
            || leaves && any(&[Trait::CredentialAccess])
        {
            return Risk::Critical;
        }
        match class {
            Class::Execute => Risk::High,
            Class::Write if leaves || any(&[Trait::Privileged, Trait::Bulk]) => Risk::High,
            Class::Read if any(&[Trait::CredentialAccess]) => Risk::High,
            Class::Write => Risk::Medium,
            Class::Read
                if any(&[Trait::PrivateData, Trait::FileAccess, Trait::NetworkEgress, Trait::InstructsTheModel]) =>
            {
                Risk::Medium
            }
            Class::Read => Risk::Low,
        }
    }
}

words! {
    /// The part of a tool's definition that a piece of evidence was taken from.
    Field, "field" {
        Name = "name",
        Title = "title",
        Description = "description",
        /// The name of a parameter.
        Parameter = "parameter",
        /// The description of a parameter.
        ParameterDescription = "parameter-description",
        /// One of the values that a parameter accepts.
        ParameterValue = "parameter-value",
        Annotation = "annotation",
        Server = "server",
        /// The code of the tool's handler; the pointer is then a place in the package, `file:line`.
        Code = "code",
    }
}

/// Words of a tool's own definition that a rule recognised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The rule's id.
    pub rule: String,
    pub field: Field,
    /// JSON pointer into the tool, naming the text (for `parameter`, the property whose key is the text); of evidence from
    /// code the place, `file:line`.
    pub pointer: String,
    /// The matched text, as it stands in the original.
    pub text: String,
    /// First byte of the match in the original text.
    pub start: usize,
    /// One past the last byte of the match in the original text.
    pub end: usize,
}

/// A class that had evidence and lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overruled {
    pub class: Class,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub traits: BTreeSet<Trait>,
    /// Why it lost, in a few words.
    pub reason: String,
    pub evidence: Vec<Evidence>,
}

/// The verdict on one operation of a tool that has several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperationVerdict {
    /// The parameter that selects the operation; one inside of others with the names that lead to it, joined by dots
    /// (`request.action`).
    pub parameter: String,
    /// Its value.
    pub value: String,
    pub class: Class,
    pub traits: BTreeSet<Trait>,
    pub risk: Risk,
    /// Whether a rule recognised this operation; where none did it is held to be write.
    pub recognised: bool,
}

words! {
    /// What a claim of a server did to a verdict.
    ClaimEffect, "effect" {
        Raised = "raised",
        /// Only where the operator trusts the server.
        Lowered = "lowered",
        NotFollowed = "not-followed",
        /// The text of the definition, which the code of the handler belies and which that raised.
        Belied = "belied",
    }
}

/// A disagreement between what the server claims and what its definition says, or between that and its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFinding {
    /// The claim, for instance `readOnlyHint: true`; of what code belies that the definition speaks of reading.
    pub claim: String,
    /// The disagreement in one sentence.
    pub finding: String,
    pub effect: ClaimEffect,
}

/// An entry of a public taxonomy that the verdict's traits point at. Every verdict carries several of a few dozen, so
/// their texts are shared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Framework {
    /// The taxonomy and its edition, for instance `OWASP MCP Top 10 2025`.
    pub framework: Arc<str>,
    pub id: Arc<str>,
    pub title: Arc<str>,
}

/// The judgement on one tool. Same tool, same rules: same bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    pub server: String,
    pub name: String,
    pub class: Class,
    pub traits: BTreeSet<Trait>,
    pub risk: Risk,
    pub confidence: Confidence,
    pub category: Category,
    /// One to three sentences.
    pub rationale: String,
    pub evidence: Vec<Evidence>,
    pub overruled: Vec<Overruled>,
    pub operations: Vec<OperationVerdict>,
    /// The same list for all verdicts that point at the same entries.
    pub frameworks: Arc<[Framework]>,
    pub sep2793: Sep2793,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub audit: Vec<AuditFinding>,
    /// Notes on the text itself: invisible characters, look-alike letters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// What of the definition could not be read, in a few words each; confidence is low where there is any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<String>,
    /// What the tool does, in one line of its own words; empty where it says nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub does: String,
    /// Whether any rule recognised the tool. Where none did: write, medium, confidence low, and no policy allows it.
    pub recognised: bool,
    /// Digest of the rules that judged.
    pub ruleset: String,
}

impl Verdict {
    /// Where the definition speaks of reading and the code of the handler does more, a sentence each.
    pub fn contradictions(&self) -> impl Iterator<Item = String> + '_ {
        let belied = self.audit.iter().filter(|audit| audit.effect == ClaimEffect::Belied);
        belied.map(|audit| format!("{}, and {}", audit.claim, audit.finding))
    }

    /// What follows from class and traits alone: sure, recognised, with nothing quoted and no rationale. For whoever has
    /// verdicts of another make and wants decisions on them, and for tests.
    pub fn bare(name: &str, class: Class, traits: &[Trait]) -> Verdict {
        let traits: BTreeSet<Trait> = traits.iter().copied().collect();
        let risk = Risk::of(class, &traits);
        Verdict {
            server: "example".to_owned(),
            name: name.to_owned(),
            class,
            risk,
            category: Category::of(class, &traits),
            confidence: Confidence::High,
            rationale: String::new(),
            evidence: Vec::new(),
            overruled: Vec::new(),
            operations: Vec::new(),
            frameworks: Arc::from([]),
            sep2793: Sep2793::of(class, &traits, risk, true),
            traits,
            audit: Vec::new(),
            notes: Vec::new(),
            unread: Vec::new(),
            does: String::new(),
            recognised: true,
            ruleset: String::new(),
        }
    }
}
