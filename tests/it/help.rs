//! The help of every command: its own first sentence, examples that parse, accepted words, exit codes; completion.

use crate::support::binary::User;
use mcpdex::cli::{Cli, EXIT_CODES};
use mcpdex::model::{Risk, Trait};
use mcpdex::policy::Target;

#[test]
fn every_command_says_what_it_does_shows_two_examples_and_how_it_ends() {
    let user = User::new();
    let commands = Cli::described();
    let mut seen = 0;
    for command in commands.get_subcommands().filter(|command| command.get_name() != "help") {
        let name = command.get_name();
        let help = user.done(&[name, "--help"]);
        let about = command.get_about().unwrap_or_else(|| panic!("{name} says nothing")).to_string();
        let plain = help.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(plain.starts_with(&about), "{name}: {help}");
        assert!(!help.contains("Arguments of `"), "{name}: {help}");
        let examples: Vec<&str> = help.lines().filter_map(|line| line.trim().strip_prefix("mcpdex ")).collect();
        assert!(examples.len() >= 2, "{name}: {examples:?}");
        for example in examples {
            let words = std::iter::once("mcpdex").chain(example.split(' '));
            if let Err(error) = Cli::described().try_get_matches_from(words) {
                panic!("mcpdex {example}: {error}");
            }
        }
        assert!(plain.contains(EXIT_CODES), "{name}: {help}");
        assert!(help.contains("Options of every command:"), "{name}: {help}");
        seen += 1;
    }
    assert!(seen > 20, "{seen}");
}

#[test]
fn words_of_closed_vocabularies_stand_in_help_in_errors_and_in_completion() {
    let user = User::new();
    let help = user.done(&["search", "--help"]);
    let script = user.done(&["completions", "bash"]);
    for word in Trait::ALL.iter().map(|of| of.as_str()).chain(Risk::ALL.iter().map(|risk| risk.as_str())) {
        assert!(help.contains(word), "{word} is not in the help");
        assert!(script.contains(word), "{word} is not completed");
    }
    let policy = user.done(&["policy", "--help"]);
    for target in Target::ALL {
        assert!(policy.contains(target.as_str()), "{target} is not in the help of policy");
        assert!(script.contains(target.as_str()), "{target} is not completed");
    }
    for words in [
        &["policy", "--all", "--out", "x", "--target", "claude-code,nowhere"][..],
        &["policy", "check", "x", "--target", "nowhere"],
    ] {
        let ran = user.run(words);
        assert!(ran.code == 2 && ran.err.contains("claude-code"), "{words:?}: {}", ran.err);
    }
    let ran = user.run(&["list", "--risk", "grave"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("low, medium, high, critical"), "{}", ran.err);
}

#[test]
fn what_only_mcpdex_starts_is_no_command() {
    let user = User::new();
    for inner in ["extract-worker", "run-confined"] {
        assert!(!user.done(&["completions", "bash"]).contains(inner), "{inner}");
        assert_eq!(user.run(&[inner, "--help", "x"]).code, 2, "{inner}");
    }
}

#[test]
fn completions_are_put_where_the_shell_looks_and_the_place_is_said() {
    let user = User::new();
    let ran = user.run(&["completions", "bash", "--install"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    let path = user.home().join(".local/share/bash-completion/completions/mcpdex");
    assert!(std::fs::read_to_string(&path).unwrap().contains("mcpdex"), "{}", path.display());
    assert!(ran.err.contains(&path.display().to_string()), "{}", ran.err);
    let none = user.run(&["completions", "elvish", "--install"]);
    assert!(none.code == 1 && none.err.contains("without --install"), "{}", none.err);
}
