//! `mcpdex help [COMMAND | topics [TOPIC]]`: the help of a command, the subjects that commands share, and one of them.

use super::{Exit, print};
use crate::cli::{Cli, HelpArgs, TOPICS};
use crate::report::{nearest, topic_list, topic_text, visible};

pub(super) fn run(args: &HelpArgs) -> anyhow::Result<Exit> {
    let words: Vec<&str> = args.words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["topics"] => return print(&topic_list(&TOPICS)).map(|()| Exit::Done),
        ["topics", name] => return topic(name),
        _ => {}
    }
    let mut command = Cli::described();
    command.build();
    for word in &words {
        let Some(inner) = command.find_subcommand(word).cloned() else { return topic(word) };
        command = inner;
    }
    print(&command.render_long_help().to_string())?;
    Ok(Exit::Done)
}

fn topic(name: &str) -> anyhow::Result<Exit> {
    if let Some(topic) = TOPICS.iter().find(|topic| topic.name == name) {
        print(&topic_text(topic))?;
        return Ok(Exit::Done);
    }
    let command = Cli::described();
    let mut search = nearest(name, 3);
    command
        .get_subcommands()
        .map(clap::Command::get_name)
        .chain(TOPICS.map(|topic| topic.name))
        .for_each(|known| search.see(known));
    eprintln!("error: there is no command and no topic `{}`; `mcpdex help topics` lists topics", visible(name));
    let names = search.names();
    if !names.is_empty() {
        eprintln!("the nearest names: {}", names.join(", "));
    }
    Ok(Exit::Usage)
}
