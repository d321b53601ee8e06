//! The usual questions. Words of ours only: what a caller gives is quoted as a name, and nothing of the catalogue is in them.

use super::harmless::harmless_text;
use rmcp::model::{ErrorData, GetPromptResult, Prompt, PromptArgument, PromptMessage, Role};
use serde_json::{Map, Value};

struct Question {
    name: &'static str,
    title: &'static str,
    about: &'static str,
    /// Each argument with what it is, and whether it has to be given.
    arguments: &'static [(&'static str, &'static str, bool)],
    /// `{NAME}` stands for the argument, in quotes.
    text: &'static str,
}

const QUESTIONS: [Question; 4] = [
    Question {
        name: "is-this-tool-dangerous",
        title: "Is this tool dangerous?",
        about: "What a tool can do, and what should be done about it.",
        arguments: &[("tool", "Name of the tool", true), ("server", "Name, package or address of its server", false)],
        text: "Call get_tool for the tool {tool} (server: {server}). Say what it does, its class, risk and traits, which words \
               of its own definition show it, what was not read, and which policy is recommended. If it is not known, say \
               that it is not known to be safe.",
    },
    Question {
        name: "should-i-add-this-server",
        title: "Should I add this server?",
        about: "What a server's tools can do by themselves and together.",
        arguments: &[("server", "Name, package or address", true)],
        text: "Call get_server for {server}. Say how many tools it has by risk, name the critical ones, say what they make \
               possible together and what was not read. End with what I should decide before I add it.",
    },
    Question {
        name: "review-my-configuration",
        title: "Review my configuration",
        about: "What stands out in the text of a client's configuration.",
        arguments: &[("client", "Which client it is of", false)],
        text: "I will paste the configuration of {client}. Take values of environment variables and headers out of it first, \
               then call check_client_configuration with the text. List the servers that were not read, then the findings, \
               gravest first.",
    },
    Question {
        name: "write-a-policy",
        title: "Write a policy",
        about: "The recommended policy of a server for an enforcement point.",
        arguments: &[("server", "Name, package or address", true), ("target", "Enforcement point", false)],
        text: "Call get_policy for {server} (target: {target}). Show the document as it is, list its losses, and say which \
               tools ask, which are refused and why.",
    },
];

/// The prompts as they are listed.
pub(super) fn all() -> Vec<Prompt> {
    let one = |question: &Question| {
        let argument = |(name, about, needed): &(&str, &str, bool)| {
            PromptArgument::new(*name).with_description(*about).with_required(*needed)
        };
        let arguments: Vec<PromptArgument> = question.arguments.iter().map(argument).collect();
        Prompt::new(question.name, Some(question.about), Some(arguments)).with_title(question.title)
    };
    QUESTIONS.iter().map(one).collect()
}

/// Whether a prompt takes this argument.
pub(super) fn has_argument(prompt: &str, argument: &str) -> bool {
    QUESTIONS
        .iter()
        .any(|question| question.name == prompt && question.arguments.iter().any(|(name, _, _)| *name == argument))
}

/// A prompt with what the caller gave.
pub(super) fn get(name: &str, given: &Map<String, Value>) -> Result<GetPromptResult, ErrorData> {
    let Some(question) = QUESTIONS.iter().find(|question| question.name == name) else {
        return Err(ErrorData::invalid_params(format!("there is no prompt `{}`", harmless_text(name)), None));
    };
    let mut text = question.text.to_owned();
    for (argument, _, needed) in question.arguments {
        let said = given.get(*argument).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
        if *needed && said.is_none() {
            return Err(ErrorData::invalid_params(format!("the argument `{argument}` is missing"), None));
        }
        let shown: String =
            harmless_text(said.unwrap_or("not said")).chars().filter(|c| !"`\n".contains(*c)).take(200).collect();
        text = text.replace(&format!("{{{argument}}}"), &format!("`{shown}`"));
    }
    Ok(GetPromptResult::new(vec![PromptMessage::new_text(Role::User, text)]).with_description(question.about))
}
