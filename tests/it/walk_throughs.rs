//! The edits that `docs/walk-throughs/` show fit the files as they are: a cheap look before `tests/walk-throughs/run`, which
//! follows them.

use std::path::Path;

/// The lines that an edit expects, each hunk's together, where they do not stand in the file exactly once.
fn misfits(change: &str, text: &str) -> Vec<String> {
    let lines: Vec<&str> = change.lines().filter(|line| !line.is_empty()).collect();
    let hunks = lines.split(|line| line.starts_with("@@")).map(|hunk| {
        let old = hunk.iter().filter(|line| !line.starts_with('+'));
        old.map(|line| format!("{}\n", &line[1..])).collect::<String>()
    });
    hunks.filter(|old| !old.is_empty() && text.matches(old.as_str()).count() != 1).collect()
}

/// Each edit of a walk-through: the file it is made in, and its hunks.
fn edits(page: &str) -> impl Iterator<Item = (&str, &str)> {
    page.split("```diff ").skip(1).filter_map(|block| block.split_once("\n```")?.0.split_once('\n'))
}

#[test]
fn every_edit_of_a_walk_through_fits_the_file_as_it_is() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seen = 0;
    for entry in std::fs::read_dir(root.join("docs/walk-throughs")).unwrap() {
        let path = entry.unwrap().path();
        let page = std::fs::read_to_string(&path).unwrap();
        for (file, change) in edits(&page) {
            let text = std::fs::read_to_string(root.join(file)).unwrap();
            let wrong = misfits(change, &text);
            assert!(wrong.is_empty(), "{}: these lines do not stand once in {file}: {wrong:?}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 4, "{seen} edits");
}

#[test]
fn an_edit_that_no_longer_fits_is_seen() {
    let page = "```diff shelf.toml\n@@\n-right = 3\n+right = 4\n@@\n [[shelf]]\n```\n";
    let [(file, change)] = edits(page).collect::<Vec<_>>()[..] else { panic!("one edit") };
    assert_eq!(file, "shelf.toml");
    assert!(misfits(change, "right = 3\n[[shelf]]\n").is_empty());
    assert_eq!(misfits(change, "right = 5\n[[shelf]]\n"), ["right = 3\n"]);
    assert_eq!(misfits(change, "right = 3\n[[shelf]]\n[[shelf]]\n"), ["[[shelf]]\n"]);
}
