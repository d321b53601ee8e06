//! The tokens of JavaScript, as far as brackets, statements and names need them told apart. Text in, tokens out; gives up
//! where a slash could be a division as well as an expression, and on anything that does not end.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    Word,
    Number,
    /// Between quotes or backquotes, or a regular expression.
    Text,
    Sign(u8),
}

/// A token and where it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) token: Token,
    pub(super) start: usize,
    pub(super) end: usize,
    /// A line ends between the token before and this one.
    pub(super) after_line: bool,
}

/// Words after which an expression begins.
const BEFORE_EXPRESSION: [&str; 15] = [
    "return",
    "typeof",
    "case",
    "in",
    "of",
    "delete",
    "void",
    "throw",
    "new",
    "else",
    "do",
    "await",
    "yield",
    "instanceof",
    "extends",
];
/// Words whose parentheses are followed by a statement.
const BEFORE_HEAD: [&str; 4] = ["if", "while", "for", "with"];
/// How deep templates may stand in templates.
const MAX_TEMPLATES: usize = 30;

pub(super) struct Tokens<'t> {
    text: &'t str,
    at: usize,
    before: Option<Found>,
    /// The brackets that are open, and whether a parenthesis is the head of a statement.
    open: Vec<(u8, bool)>,
    /// Whether what was closed last was the head of a statement.
    head_closed: bool,
    templates: usize,
}

/// The text could not be told apart into tokens.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unclear;

impl<'t> Tokens<'t> {
    pub(super) fn of(text: &'t str) -> Self {
        let at = if text.starts_with("#!") { text.find('\n').unwrap_or(text.len()) } else { 0 };
        Tokens { text, at, before: None, open: Vec::new(), head_closed: false, templates: 0 }
    }

    pub(super) fn text_of(&self, found: Found) -> &'t str {
        self.text.get(found.start..found.end).unwrap_or_default()
    }

    /// Brackets that are open behind the last token.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    /// The next token; `None` at the end.
    ///
    /// # Errors
    /// What stands there cannot be told for certain.
    pub(super) fn next(&mut self) -> Result<Option<Found>, Unclear> {
        let after_line = self.skip_blanks()?;
        let start = self.at;
        if start >= self.text.len() {
            return if self.open.is_empty() { Ok(None) } else { Err(Unclear) };
        }
        let byte = self.byte(start);
        let token = match byte {
            b'"' | b'\'' => self.quoted(byte)?,
            b'`' => self.template()?,
            b'/' if self.may_be_expression()? => self.expression()?,
            b'0'..=b'9' => self.run(Token::Number, |byte| is_word(byte) || byte == b'.'),
            byte if is_word(byte) || matches!(byte, b'#' | b'@' | b'\\') => {
                self.run(Token::Word, |byte| is_word(byte) || byte == b'\\')
            }
            _ => {
                self.at += 1;
                self.bracket(byte)?;
                Token::Sign(byte)
            }
        };
        let found = Found { token, start, end: self.at, after_line };
        self.before = Some(found);
        Ok(Some(found))
    }

    fn bracket(&mut self, byte: u8) -> Result<(), Unclear> {
        let opener = match byte {
            b'(' => {
                let is_head = self
                    .before
                    .is_some_and(|before| before.token == Token::Word && BEFORE_HEAD.contains(&self.text_of(before)));
                self.open.push((byte, is_head));
                return Ok(());
            }
            b'[' | b'{' => {
                self.open.push((byte, false));
                return Ok(());
            }
            b')' => b'(',
            b']' => b'[',
            b'}' => b'{',
            _ => return Ok(()),
        };
        match self.open.pop() {
            Some((known, is_head)) if known == opener => {
                self.head_closed = is_head;
                Ok(())
            }
            _ => Err(Unclear),
        }
    }

    fn run(&mut self, token: Token, belongs: impl Fn(u8) -> bool) -> Token {
        self.at += 1;
        while self.at < self.text.len() && belongs(self.byte(self.at)) {
            self.at += 1;
        }
        token
    }

    /// Skips blanks and comments; whether a line ended among them.
    fn skip_blanks(&mut self) -> Result<bool, Unclear> {
        let mut after_line = false;
        loop {
            match (self.byte(self.at), self.byte(self.at + 1)) {
                (b'\n', _) => {
                    after_line = true;
                    self.at += 1;
                }
                (b' ' | b'\t' | b'\r', _) => self.at += 1,
                (b'/', b'/') => {
                    let rest = self.text.get(self.at..).unwrap_or_default();
                    self.at += rest.find('\n').unwrap_or(rest.len());
                }
                (b'/', b'*') => {
                    let rest = self.text.get(self.at + 2..).ok_or(Unclear)?;
                    let end = rest.find("*/").ok_or(Unclear)?;
                    after_line |= rest.get(..end).is_some_and(|comment| comment.contains('\n'));
                    self.at += end + 4;
                }
                // A byte order mark, and other blanks that are no letters of names.
                (0xef, 0xbb) | (0xc2, 0xa0) => {
                    self.at += self.text.get(self.at..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8)
                }
                _ => return Ok(after_line),
            }
        }
    }

    fn quoted(&mut self, quote: u8) -> Result<Token, Unclear> {
        self.at += 1;
        while self.at < self.text.len() {
            match self.byte(self.at) {
                b'\\' => self.at += 2,
                b'\n' => return Err(Unclear),
                byte => {
                    self.at += 1;
                    if byte == quote {
                        return Ok(Token::Text);
                    }
                }
            }
        }
        Err(Unclear)
    }

    fn template(&mut self) -> Result<Token, Unclear> {
        self.templates += 1;
        if self.templates > MAX_TEMPLATES {
            return Err(Unclear);
        }
        self.at += 1;
        while self.at < self.text.len() {
            match (self.byte(self.at), self.byte(self.at + 1)) {
                (b'\\', _) => self.at += 2,
                (b'`', _) => {
                    self.at += 1;
                    self.templates -= 1;
                    return Ok(Token::Text);
                }
                (b'$', b'{') => {
                    self.at += 1;
                    let depth = self.depth();
                    // The bracket itself, and everything up to its end.
                    self.before = None;
                    self.next()?;
                    while self.depth() > depth {
                        self.next()?.ok_or(Unclear)?;
                    }
                }
                _ => self.at += 1,
            }
        }
        Err(Unclear)
    }

    /// Whether a slash here begins a regular expression.
    fn may_be_expression(&self) -> Result<bool, Unclear> {
        let Some(before) = self.before else { return Ok(true) };
        Ok(match before.token {
            Token::Number | Token::Text => false,
            Token::Word => BEFORE_EXPRESSION.contains(&self.text_of(before)),
            Token::Sign(b')') => self.head_closed,
            Token::Sign(b']') => false,
            // Behind a block one begins, behind an object it is a division.
            Token::Sign(b'}') => return Err(Unclear),
            // `a++ / 2` divides; `+ /a/` does not.
            Token::Sign(sign @ (b'+' | b'-')) => {
                !(before.start > 0 && self.byte(before.start - 1) == sign && self.byte(before.end) != sign)
            }
            Token::Sign(_) => true,
        })
    }

    fn expression(&mut self) -> Result<Token, Unclear> {
        self.at += 1;
        let mut in_class = false;
        while self.at < self.text.len() {
            match self.byte(self.at) {
                b'\\' => self.at += 1,
                b'\n' => return Err(Unclear),
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => {
                    return Ok(self.run(Token::Text, is_word));
                }
                _ => {}
            }
            self.at += 1;
        }
        Err(Unclear)
    }
}

/// Whether a byte belongs to a name; those of letters beyond ASCII do.
fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}
