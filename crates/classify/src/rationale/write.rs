//! A finding in, one to three sentences out, as a careful reviewer would write them: what the tool does by its own
//! words, why this class and not the neighbouring one, what raises or lowers the risk. Made from the evidence alone,
//! always the same for the same finding; it settles nothing.

use crate::judge::finding::{Fate, Fired};
use crate::language::action::{Place, Word};
use crate::language::quote::{capital, listed, quote};
use crate::rationale::quotation::{Quotations, act_of};
use crate::rationale::risk_sentence;
use crate::rationale::settled::Settled;
use mcpdex_model::{ClaimEffect, Class, Confidence, Trait};

/// Writes the rationale.
pub(crate) fn rationale(settled: &Settled<'_, '_>) -> String {
    if settled.claims.lowered {
        return settled.lowered();
    }
    if !settled.recognised {
        return settled.unrecognised();
    }
    let main = settled.main();
    let shown = main.map(|hit| Quotations::of(settled.finding, hit.rule));
    let what = settled.what(main.zip(shown.as_ref()));
    let why = match settled.claims.raised {
        Some(hint) => {
            let from = settled.finding.class;
            if from == settled.class {
                format!("Its server's own hint ({hint}) raises it")
            } else {
                format!("Its server's own hint ({hint}) raises it from {from} to {}", settled.class)
            }
        }
        None => settled.why(main.zip(shown.as_ref())),
    };
    let what = match risk_sentence::harm(settled) {
        // What can go wrong stands first; a colon says that what is told next does it.
        Some((of, harm)) => {
            let joint = if main.is_none_or(|hit| settled.rule(hit).traits.contains(&of)) { ": " } else { "; " };
            [harm, joint, &small(&what)].concat()
        }
        None => what,
    };
    let stakes = risk_sentence::sentence(settled, main);
    let unread = settled.unread();
    match stakes {
        // Nothing raises or lowers it: the level fits into the sentence before.
        None => [what.as_str(), ". ", &why, ", with risk ", settled.risk.as_str(), &unread, "."].concat(),
        Some(stakes) => [what.as_str(), ". ", &why, ". ", &stakes, &unread, "."].concat(),
    }
}

impl<'f> Settled<'f, '_> {
    /// The strongest hit of the verdict's class; of equal ones the one that does the harm, the one with more traits, then
    /// the one in the text.
    fn main(&self) -> Option<&'f Fired> {
        let harm = risk_sentence::harm(self).map(|(of, _)| of);
        let rank = |hit: &&Fired| {
            let rule = self.rule(hit);
            let harms = harm.is_some_and(|of| rule.traits.contains(&of));
            let in_text = act_of(self.finding, hit).is_some_and(|act| !act.is_name());
            // What a text says first of a look tells more of it than the name.
            let told = rule.class == Some(Class::Read) && in_text && hit.strength >= 2 && self.is_plain(hit);
            // What makes it as grave as it is, not what would make it less.
            let light = rule.light && (self.finding.full_act || self.finding.full_loss);
            (told, !light, hit.strength, harms, rule.traits.len(), in_text)
        };
        let class = if self.finding.unearned { Class::Read } else { self.finding.class };
        let of_class = self.won().filter(|hit| self.rule(hit).class == Some(class));
        // The first of equals.
        of_class.rev().max_by_key(rank)
    }

    /// What it does, by its strongest hit and the words that are shown of its rule.
    fn what(&self, main: Option<(&Fired, &Quotations)>) -> String {
        let Some((hit, grounds)) = main else { return self.operations() };
        let rule = self.rule(hit);
        let says = rule.because.starts_with("it ");
        let taken = grounds.taken_to_mean(&rule.because).filter(|_| grounds.between_the_lines && says);
        let plain = !self.finding.unearned || is_unsure(&rule.because);
        let mut text = match taken {
            Some(taken) => taken,
            None if plain => capital(&rule.because) + &grounds.told_after(&rule.because),
            None => format!("Perhaps {}{}", rule.because, grounds.told_after(&rule.because)),
        };
        if grounds.only_name() && self.description().is_none() {
            text.push_str("; it has no description");
        }
        if let Some(e) = &self.finding.gravest_operation {
            text = match self.finding.operations.len() {
                0 => format!("{text}, and its schema admits {}", quote(&e.text)),
                many => format!("{text}, and of its {many} operations {} weighs most", quote(&e.text)),
            };
        }
        text
    }

    /// What could not be read, as the end of a sentence.
    fn unread(&self) -> String {
        match self.finding.unread.first() {
            None => String::new(),
            Some(what) => format!("; not read: {what}"),
        }
    }

    /// A tool that is what its gravest operation is.
    fn operations(&self) -> String {
        let Some(gravest) = &self.finding.gravest_operation else {
            return format!("It is held to be {}", self.finding.class);
        };
        let all = &self.finding.operations;
        if all.iter().all(|one| one.value != gravest.text) {
            let because = self.set.rules.iter().find(|rule| rule.id == gravest.rule);
            let because = because.map_or_else(String::new, |rule| format!(", where {}", rule.because));
            return format!("Its schema admits {}{because}", quote(&gravest.text));
        }
        let parameter = all.iter().find(|one| one.value == gravest.text).map_or("", |one| &one.parameter);
        let because = self.set.rules.iter().find(|rule| rule.id == gravest.rule).map(|rule| rule.because.as_str());
        let because = because.map_or_else(String::new, |text| format!(": {text}"));
        format!(
            "Its parameter {} chooses among {} operations, the gravest of which is {}{because}",
            quote(parameter),
            all.len(),
            quote(&gravest.text)
        )
    }

    fn description(&self) -> Option<&str> {
        let text = self.finding.reading.segments.get(2)?.original.trim();
        (!text.is_empty()).then_some(text)
    }

    fn why(&self, main: Option<(&Fired, &Quotations)>) -> String {
        if let Some(text) = self.lighter_operations() {
            return text;
        }
        let class = self.class;
        if self.finding.unearned {
            return format!("Nothing says for sure that it only reads, so it is held to be {class}");
        }
        if let Some(text) = self.lost(main) {
            return text;
        }
        if let Some(text) = self.also(main) {
            return text;
        }
        let has = |of: Trait| self.traits.contains(&of);
        let text = match class {
            Class::Read => return capital(&self.silence(class)) + ", so it is read",
            Class::Write if has(Trait::Financial) => {
                "Payments, orders, trades and what secures them count as records that change, so it is write"
            }
            Class::Write if main.is_some_and(|(hit, _)| is_unsure(&self.rule(hit).because)) => {
                return format!("That would be more than read, and {}, so it is held to be write", self.silence(class));
            }
            Class::Write => {
                return ["That is more than read, and ", &self.silence(class), ", so it is write"].concat();
            }
            Class::Execute if has(Trait::CodeExecution) => {
                "A write is bounded to a record, but what runs here is the caller's choice, so it is execute"
            }
            Class::Execute if has(Trait::ExternalCommunication) => {
                "A draft would be write, but this goes to others, so it is execute"
            }
            Class::Execute => "A record of it would be write, but this goes beyond a record, so it is execute",
        };
        text.to_owned()
    }

    /// Where nothing speaks of more than `class`: what was looked at. What was heard and counted for less is no silence.
    fn silence(&self, class: Class) -> String {
        let heard = self.finding.fired.iter().find(|hit| {
            let rule = self.rule(hit);
            let lost = matches!(hit.fate, Fate::Weaker | Fate::Overruled(_));
            lost && rule.class > Some(class) && rule.confidence > Confidence::Low
        });
        if let Some(hit) = heard {
            let words =
                Quotations::of_hit(self.finding, hit).first().unwrap_or_else(|| "something else in it".to_owned());
            return words + " counts for less";
        }
        if class != Class::Read {
            return "no rule finds that it sets anything going".to_owned();
        }
        let mut places = vec!["its name".to_owned()];
        let described = self.description().is_some();
        if described {
            places.push("description".to_owned());
        }
        match self.finding.reading.params.len() {
            0 => {}
            // A file that the caller names may be one to write into.
            _ if self.traits.contains(&Trait::FileAccess) => {}
            1 => places.push("parameter".to_owned()),
            count => places.push(format!("{count} parameters")),
        }
        let unread = if self.finding.reading.mended.unread > 0 { " that was read" } else { "" };
        let silent = " that it changes anything (write) or sets anything going (execute)";
        ["No rule finds in ", &listed(&places, "or"), unread, silent].concat()
    }

    /// Whether a hit rests on the main verb of the name or of the first statement: what is read between the lines, or in
    /// later ones, is too weak to be told against a verdict.
    fn is_plain(&self, hit: &Fired) -> bool {
        hit.action.is_none_or(|index| {
            let action = &self.finding.actions[index as usize];
            // The verb of a name stands in front, is its only one and hardly ever a noun, or it may be the name of something.
            let sure = || {
                let others = self.finding.actions.iter().any(|other| other.extra && other.place == Place::Name);
                let first = |verb: Word| action.objects.iter().all(|word| word.start > verb.start);
                let lexicon = &self.set.lexicon;
                let plain = |verb: Word| !lexicon.is_nouny(verb.lemma) || lexicon.is_verb_at_the_start(verb.lemma);
                !others && action.verb.is_some_and(|verb| first(verb) && plain(verb))
            };
            let name = action.place == Place::Name;
            !action.extra && action.weaker == 0 && (name && sure() || !name && hit.strength >= 2)
        })
    }

    /// Evidence for another class that did not count, the gravest first.
    fn lost(&self, main: Option<(&Fired, &Quotations)>) -> Option<String> {
        let mut gravest: Option<(&Fired, Class)> = None;
        for hit in &self.finding.fired {
            let Some(class) = self.rule(hit).class.filter(|class| *class > self.class) else { continue };
            let lost = matches!(hit.fate, Fate::Weaker | Fate::Overruled(_));
            if lost && self.is_plain(hit) && gravest.is_none_or(|(_, known)| class > known) {
                gravest = Some((hit, class));
            }
        }
        let (hit, other) = gravest?;
        let told = act_of(self.finding, hit).is_some_and(|act| main.is_some_and(|(_, shown)| shown.tells(&act)));
        if told && !matches!(hit.fate, Fate::Overruled(_)) {
            // One statement under two rules speaks for one thing.
            return None;
        }
        let grounds =
            if told { Quotations::words_of(self.finding, hit) } else { Quotations::of_hit(self.finding, hit) };
        let said = capital(&grounds.first()?);
        let (reads, decides) = match hit.fate {
            Fate::Overruled(by) if main.is_some_and(|(main, _)| main.rule == by) => {
                (format!("would make it {other} if it stood alone"), "that is ruled out".to_owned())
            }
            Fate::Overruled(by) => {
                (format!("would make it {other} if it stood alone"), self.set.rules[by as usize].because.clone())
            }
            _ => (format!("could also be read as {other}"), "the words above say more plainly what it does".to_owned()),
        };
        Some(format!("{said} {reads}, but {decides}, so it is {}", self.class))
    }

    /// A lighter thing that it does besides.
    fn also(&self, main: Option<(&Fired, &Quotations)>) -> Option<String> {
        let main_act = main.and_then(|(hit, _)| act_of(self.finding, hit));
        let verb = |hit: &Fired| {
            let action = &self.finding.actions[hit.action? as usize];
            action.verb.map(|verb| verb.lemma)
        };
        let (hit, other) = self.won().find_map(|hit| {
            let rule = self.rule(hit);
            // A rule that is unsure of its verb ("group", "draw", "plan") says nothing about what is done besides.
            let other = rule.class.filter(|other| *other < self.class && rule.confidence > Confidence::Low)?;
            verb(hit)?;
            let act = act_of(self.finding, hit)?;
            let same = main_act.is_some_and(|main| main.overlaps(&act));
            let told = main.is_some_and(|(_, shown)| shown.tells(&act));
            let fresh = main.is_none_or(|(main, _)| verb(main) != verb(hit));
            (!same && !told && fresh && self.is_plain(hit)).then_some((hit, other))
        })?;
        let because = &self.rule(hit).because;
        let said = Quotations::of_hit(self.finding, hit).told_after(because);
        Some(match because.strip_prefix("it ") {
            Some(does) => format!(
                "It also {does}{said}, which alone would be {other}; the gravest counts, so it is {}",
                self.class
            ),
            None => format!(
                "{}{said}, which alone would be {other}; the gravest counts, so it is {}",
                capital(because),
                self.class
            ),
        })
    }

    /// What the tool would be with its lighter operations alone.
    fn lighter_operations(&self) -> Option<String> {
        let gravest = self.finding.gravest_operation.as_ref()?;
        let all = &self.finding.operations;
        let lightest = all.iter().filter(|one| one.recognised).map(|one| (one.class, one.risk)).min()?;
        let of = all.iter().find(|one| one.value == gravest.text)?;
        if lightest >= (of.class, of.risk) {
            return Some(format!("All of its operations weigh the same, so it is {} whichever is called", self.class));
        }
        let named: Vec<&str> = all
            .iter()
            .filter(|one| one.recognised && (one.class, one.risk) == lightest)
            .map(|one| one.value.as_str())
            .collect();
        let mut shown: Vec<String> = named.iter().take(2).map(|value| quote(value)).collect();
        if named.len() > 2 {
            shown.push(format!("{} more", named.len() - 2));
        }
        let alone = if lightest.0 == self.class {
            format!("its risk would be {}", lightest.1)
        } else {
            format!("it would be {} with risk {}", lightest.0, lightest.1)
        };
        Some(format!(
            "Held to {} {alone}, but a caller may choose {}, so it is {}",
            listed(&shown, "and"),
            quote(&gravest.text),
            self.class
        ))
    }

    fn lowered(&self) -> String {
        let held = if self.class == self.finding.class {
            "without what it says of loss".to_owned()
        } else {
            self.class.to_string()
        };
        let own = match self.main() {
            Some(hit) => {
                let because = &self.rule(hit).because;
                format!("{because}{}", Quotations::of(self.finding, hit.rule).told_after(because))
            }
            None => format!("its definition says {}", self.finding.class),
        };
        let claim = self
            .claims
            .audit
            .iter()
            .find(|audit| audit.effect == ClaimEffect::Lowered)
            .map_or("", |audit| &audit.claim);
        format!(
            "Its server says {claim} and is trusted, so it is held to be {held}, with risk {}. By its own definition it \
             would be {}: {own}.",
            self.risk, self.finding.class
        )
    }

    fn unrecognised(&self) -> String {
        let name = quote(self.finding.reading.name_segment().original);
        let looked = match self.description() {
            Some(text) => format!("neither its name {name} nor its description {} tells a rule", quote(text)),
            None => format!("its name {name} tells no rule"),
        };
        let bare = if self.description().is_none() { ", and it has no description" } else { "" };
        let held = format!("so it is held to be {} with risk {}", self.class, self.risk);
        let tail = match self.claims.raised {
            Some(hint) => format!("{held}, as its server's own hint ({hint}) asks"),
            None => format!("{held} until someone settles it"),
        };
        format!("No rule recognised this tool: {looked} what it does{bare}, {tail}.")
    }
}

/// Whether the reason of a rule leaves open what a tool does.
fn is_unsure(because: &str) -> bool {
    because.starts_with("it may ")
}

/// `text` with a small first letter.
fn small(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    text
}
