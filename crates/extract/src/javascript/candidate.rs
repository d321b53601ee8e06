//! Declarations at the top level of a file that do nothing when they are made: functions, classes, tables without calls,
//! modules that a bundler wrapped. Tokens in, candidates out.

use super::outline::Piece;
use super::token::{Found, Token, Tokens, Unclear};

/// A piece that may be put off.
pub(super) struct Candidate<'t> {
    pub(super) piece: Piece<'t>,
    /// The function that is called with a module's body, where that is all it does.
    pub(super) wrapper: Option<&'t str>,
}

/// Everything at the top level of a text that may be put off.
///
/// # Errors
/// The text is not clear.
pub(super) fn candidates(text: &str) -> Result<Vec<Candidate<'_>>, Unclear> {
    Reader { tokens: Tokens::of(text), found: None }.candidates()
}

struct Reader<'t> {
    tokens: Tokens<'t>,
    /// The token that is looked at.
    found: Option<Found>,
}

impl<'t> Reader<'t> {
    fn step(&mut self) -> Result<(), Unclear> {
        self.found = self.tokens.next()?;
        Ok(())
    }

    fn word(&self) -> Option<&'t str> {
        self.found.filter(|found| found.token == Token::Word).map(|found| self.tokens.text_of(found))
    }

    fn is_sign(&self, sign: u8) -> bool {
        self.found.is_some_and(|found| found.token == Token::Sign(sign))
    }

    fn candidates(mut self) -> Result<Vec<Candidate<'t>>, Unclear> {
        let mut candidates = Vec::new();
        self.step()?;
        // Whether a statement may begin here, and whether it is the body of another one.
        let (mut starts, mut in_control) = (true, false);
        while let Some(found) = self.found {
            let word = self.word();
            let at_top = self.tokens.depth() == 0;
            if at_top
                && starts
                && !in_control
                && matches!(word, Some("export" | "function" | "async" | "class" | "var" | "let" | "const"))
            {
                let ended = match self.declaration(found.start)? {
                    Ok(candidate) => {
                        candidates.push(candidate);
                        true
                    }
                    Err(ended) => ended,
                };
                starts = ended;
                continue;
            }
            if at_top && starts {
                in_control |= matches!(
                    word,
                    Some("if" | "for" | "while" | "do" | "else" | "with" | "try" | "catch" | "finally" | "switch")
                );
            }
            let was_top = at_top || matches!(found.token, Token::Sign(b'(' | b'[' | b'{')) && self.tokens.depth() == 1;
            let (token, ends) = (found.token, self.ends_expression(found));
            self.step()?;
            let closes = token == Token::Sign(b'}') && at_top;
            if at_top && token == Token::Sign(b';') || closes {
                (starts, in_control) = (true, false);
            } else {
                starts = was_top && at_top && ends && self.found.is_some_and(|next| next.after_line);
            }
        }
        Ok(candidates)
    }

    /// Whether an expression may end with this token.
    fn ends_expression(&self, found: Found) -> bool {
        match found.token {
            Token::Number | Token::Text => true,
            Token::Sign(sign) => matches!(sign, b')' | b']' | b'}'),
            Token::Word => !matches!(
                self.tokens.text_of(found),
                "return"
                    | "typeof"
                    | "case"
                    | "in"
                    | "of"
                    | "delete"
                    | "void"
                    | "throw"
                    | "new"
                    | "else"
                    | "do"
                    | "await"
                    | "yield"
                    | "instanceof"
                    | "extends"
                    | "default"
                    | "export"
                    | "import"
                    | "from"
                    | "async"
            ),
        }
    }

    /// A declaration that begins at `start`, the reader at its first word. Where it is none that can be put off: whether
    /// a statement may begin at the token that is looked at then.
    fn declaration(&mut self, start: usize) -> Result<Result<Candidate<'t>, bool>, Unclear> {
        let is_exported = self.word() == Some("export");
        if is_exported {
            self.step()?;
        }
        let done = |names, end, wrapper| {
            Ok(Ok(Candidate { piece: Piece { range: start..end, names, is_exported, row: 0 }, wrapper }))
        };
        match self.word() {
            Some("async") => {
                self.step()?;
                if self.word() != Some("function") {
                    Ok(Err(false))
                } else {
                    self.declaration_of_function(start, is_exported)
                }
            }
            Some("function") => self.declaration_of_function(start, is_exported),
            Some("class") => {
                self.step()?;
                let Some(name) = self.word() else { return Ok(Err(false)) };
                self.step()?;
                let Some((end, is_still)) = self.body_of_class()? else { return Ok(Err(false)) };
                if is_still { done(vec![name], end, None) } else { Ok(Err(true)) }
            }
            Some("var" | "let" | "const") => self.variables(start, is_exported),
            _ => Ok(Err(false)),
        }
    }

    fn declaration_of_function(
        &mut self,
        start: usize,
        is_exported: bool,
    ) -> Result<Result<Candidate<'t>, bool>, Unclear> {
        self.step()?;
        if self.is_sign(b'*') {
            self.step()?;
        }
        let Some(name) = self.word() else { return Ok(Err(false)) };
        self.step()?;
        let Some(end) = self.body_of_function()? else { return Ok(Err(false)) };
        let piece = Piece { range: start..end, names: vec![name], is_exported, row: 0 };
        Ok(Ok(Candidate { piece, wrapper: None }))
    }

    /// Goes past a bracket and everything in it; where it ends.
    fn past_brackets(&mut self) -> Result<usize, Unclear> {
        let depth = self.tokens.depth();
        loop {
            self.step()?;
            let found = self.found.ok_or(Unclear)?;
            if self.tokens.depth() < depth {
                self.step()?;
                return Ok(found.end);
            }
        }
    }

    /// The reader at a function's parameters: goes past its body; where that ends.
    fn body_of_function(&mut self) -> Result<Option<usize>, Unclear> {
        if !self.is_sign(b'(') {
            return Ok(None);
        }
        self.past_brackets()?;
        if self.is_sign(b'{') { self.past_brackets().map(Some) } else { Ok(None) }
    }

    /// The reader behind a class's name: goes past its body; where that ends, and whether the class does nothing when it
    /// is made.
    fn body_of_class(&mut self) -> Result<Option<(usize, bool)>, Unclear> {
        let (mut is_plain, extends) = (true, self.word() == Some("extends"));
        while !self.is_sign(b'{') {
            match self.found.ok_or(Unclear)?.token {
                Token::Sign(b';' | b'}' | b')' | b']') => return Ok(None),
                // `class A extends make(B) {`: whatever `make` does.
                Token::Sign(b'(') => {
                    is_plain = false;
                    self.past_brackets()?;
                }
                _ => self.step()?,
            }
        }
        let depth = self.tokens.depth();
        let (mut is_static, mut is_given) = (false, false);
        loop {
            self.step()?;
            let found = self.found.ok_or(Unclear)?;
            match found.token {
                Token::Word if self.tokens.depth() == depth => {
                    let word = self.tokens.text_of(found);
                    is_plain &= !word.starts_with('@');
                    is_static |= word == "static";
                }
                // A static block, or a static field that is given what a call gives.
                Token::Sign(b'{') if is_static && !is_given && self.tokens.depth() == depth + 1 => is_plain = false,
                Token::Sign(b'=') if is_static && self.tokens.depth() == depth => is_given = true,
                Token::Sign(b'(') => {
                    is_plain &= !is_given;
                    is_static = is_static && is_given;
                }
                Token::Sign(b';') if self.tokens.depth() == depth => (is_static, is_given) = (false, false),
                _ => {}
            }
            if self.tokens.depth() < depth {
                self.step()?;
                // `class A extends {} {}`: the body was none.
                let goes_on = extends && (self.is_sign(b'{') || self.is_sign(b'.'));
                return if goes_on { Err(Unclear) } else { Ok(Some((found.end, is_plain))) };
            }
        }
    }

    /// `const a = function () {}, b = class {}`, the reader at the first word.
    fn variables(&mut self, start: usize, is_exported: bool) -> Result<Result<Candidate<'t>, bool>, Unclear> {
        let (mut names, mut wrapper) = (Vec::new(), None);
        loop {
            self.step()?;
            let Some(name) = self.word() else { return Ok(Err(false)) };
            self.step()?;
            if !self.is_sign(b'=') {
                return Ok(Err(false));
            }
            self.step()?;
            names.push(name);
            let Some((end, wrapped)) = self.still_value()? else { return Ok(Err(false)) };
            wrapper = wrapper.or(wrapped);
            let piece = |end| Piece { range: start..end, names: names.clone(), is_exported, row: 0 };
            match self.found {
                Some(found) if found.token == Token::Sign(b',') => {}
                Some(found) if found.token == Token::Sign(b';') => {
                    self.step()?;
                    return Ok(Ok(Candidate { piece: piece(found.end), wrapper }));
                }
                // Nothing that a line may begin with goes on with a value that has ended, but signs do.
                Some(found) if found.after_line && matches!(found.token, Token::Word) => {
                    let word = self.tokens.text_of(found);
                    let goes_on = matches!(word, "in" | "instanceof" | "of" | "as");
                    return Ok(if goes_on { Err(false) } else { Ok(Candidate { piece: piece(end), wrapper }) });
                }
                None => return Ok(Ok(Candidate { piece: piece(end), wrapper })),
                _ => return Ok(Err(false)),
            }
        }
    }

    /// Goes past a value whose making does nothing: a function, a class, a table without calls, or a module that a bundler
    /// wrapped. Where it ends, and the wrapper.
    fn still_value(&mut self) -> Result<Option<(usize, Option<&'t str>)>, Unclear> {
        let Some(found) = self.found else { return Ok(None) };
        match (found.token, self.word()) {
            (Token::Text | Token::Number, _) => {
                // A template may hold anything.
                let is_template = self.tokens.text_of(found).starts_with('`');
                self.step()?;
                Ok((!is_template).then_some((found.end, None)))
            }
            (Token::Sign(b'[' | b'{'), _) => {
                let depth = self.tokens.depth();
                loop {
                    self.step()?;
                    let found = self.found.ok_or(Unclear)?;
                    match found.token {
                        Token::Sign(b'(') => return Ok(None),
                        Token::Text if self.tokens.text_of(found).starts_with('`') => return Ok(None),
                        _ if self.tokens.depth() < depth => {
                            self.step()?;
                            return Ok(Some((found.end, None)));
                        }
                        _ => {}
                    }
                }
            }
            (_, Some("async")) => {
                self.step()?;
                self.still_value()
            }
            (_, Some("function")) => {
                self.step()?;
                if self.is_sign(b'*') {
                    self.step()?;
                }
                if self.word().is_some() {
                    self.step()?;
                }
                Ok(self.body_of_function()?.map(|end| (end, None)))
            }
            (_, Some("class")) => {
                self.step()?;
                if self.word().is_some_and(|word| word != "extends") {
                    self.step()?;
                }
                Ok(self.body_of_class()?.filter(|(_, is_still)| *is_still).map(|(end, _)| (end, None)))
            }
            (Token::Sign(b'('), _) => {
                self.past_brackets()?;
                self.body_of_arrow()
            }
            (Token::Word, Some(wrapper)) => {
                self.step()?;
                if self.is_sign(b'=') {
                    return self.body_of_arrow();
                }
                if !self.is_sign(b'(') {
                    return Ok(None);
                }
                let depth = self.tokens.depth();
                self.step()?;
                let is_module = self.is_sign(b'{') || self.is_sign(b'(') || self.word() == Some("function");
                while let Some(found) = self.found {
                    if self.tokens.depth() < depth {
                        self.step()?;
                        return Ok(is_module.then_some((found.end, Some(wrapper))));
                    }
                    self.step()?;
                }
                Err(Unclear)
            }
            _ => Ok(None),
        }
    }

    /// The reader at `=>`: goes past a body in brackets.
    fn body_of_arrow(&mut self) -> Result<Option<(usize, Option<&'t str>)>, Unclear> {
        for sign in [b'=', b'>'] {
            if !self.is_sign(sign) {
                return Ok(None);
            }
            self.step()?;
        }
        if self.is_sign(b'{') { Ok(Some((self.past_brackets()?, None))) } else { Ok(None) }
    }
}
