//! One line of a shell: its text in, the words of one plain command out. A line that does more than start one program is
//! none.

/// The words of a line that is one plain command; `None` where the shell would do more with it (several commands, pipes,
/// redirections, substitutions) or a quote is not closed.
pub fn split(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut letters = line.trim().chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' | '\t' => words.extend(word.take()),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next()? {
                        '\'' => break,
                        inside => word.push(inside),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match letters.next()? {
                        '"' => break,
                        '`' => return None,
                        '$' if letters.peek() == Some(&'(') => return None,
                        '\\' => match letters.peek() {
                            Some('"' | '\\' | '$' | '`') => word.extend(letters.next()),
                            _ => word.push('\\'),
                        },
                        inside => word.push(inside),
                    }
                }
            }
            // A place on Windows is full of backslashes that escape nothing.
            '\\' => match letters.peek() {
                Some(' ' | '"' | '\'' | '\\' | '$' | '&' | ';' | '|' | '(' | ')') => {
                    word.get_or_insert_default().extend(letters.next());
                }
                Some('\n') | None => return None,
                Some(_) => word.get_or_insert_default().push('\\'),
            },
            '|' | ';' | '&' | '<' | '>' | '(' | ')' | '`' | '\n' | '\r' => return None,
            '$' if letters.peek() == Some(&'(') => return None,
            '#' if word.is_none() => return None,
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Some(words)
}

/// Whether a line fetches something from an address and runs it, which is a download whatever else it does.
pub(super) fn pipes_a_download(line: &str) -> bool {
    let fetches = ["curl ", "wget ", "iwr ", "irm ", "Invoke-WebRequest ", "Invoke-RestMethod "];
    fetches.iter().any(|word| line.contains(word))
        && (line.contains("http://") || line.contains("https://"))
        && line.contains('|')
}
