//! Tools that do several things: a parameter with operations gets a verdict for each, and the tool is never below its
//! gravest; a parameter that switches a deed on counts as one that a caller may choose.

use crate::judge::finding::{Fate, Finding, Fired, risk_of};
use crate::judge::operation_value::{MAX_OPERATIONS, Value};
use crate::judge::selector::{Selector, selectors, switches};
use crate::judge::settle::{overrule, settle};
use crate::language::action::{Action, Place, of_name};
use crate::language::lexicon::{Form, VerbForm};
use crate::language::name_words::words_of;
use crate::language::server_context::ServerContext;
use crate::language::statements::Statements;
use crate::language::tool_text::{Param, ToolText};
use crate::rules::ruleset::Ruleset;
use mcpdex_model::{Class, Confidence, Evidence, OperationVerdict, Risk, Tool, Trait};
use serde_json::Map;
use std::collections::BTreeSet;

/// How many operations a verdict tells of; all of them count.
const MAX_SHOWN: usize = 400;

/// What one operation does.
#[derive(Debug, Clone)]
struct Deed {
    class: Class,
    traits: BTreeSet<Trait>,
    risk: Risk,
    full_loss: bool,
    full_act: bool,
    recognised: bool,
    /// Whether any rule knows it, though it be one that is unsure: such a value is an operation, and earns no low.
    heard: bool,
    /// Whether the first sentence of the tool asks about such deeds, and does none.
    asked: bool,
    rule: String,
}

impl Deed {
    /// An operation that nothing recognises counts as write.
    fn unknown() -> Deed {
        Deed {
            class: Class::Write,
            traits: BTreeSet::new(),
            risk: Risk::Medium,
            full_loss: false,
            full_act: false,
            recognised: false,
            heard: false,
            asked: false,
            rule: String::new(),
        }
    }

    fn rank(&self) -> (Risk, Class) {
        (self.risk, self.class)
    }
}

/// Judges the operations of `tool` and raises `finding` to the gravest of them.
pub(crate) fn judge(set: &Ruleset, context: &ServerContext, tool: &Tool, finding: &mut Finding<'_>) {
    let mut gravest: Option<(Deed, Evidence)> = None;
    let mut found = Vec::new();
    let mut unknown = false;
    // A tool that hands out a secret by one operation and changes something by another is a write.
    let mut heaviest: Option<Class> = None;
    for selector in selectors(set, finding, tool) {
        if selector.cut {
            finding.unread.push(format!("operations beyond the first {MAX_OPERATIONS}, or nested too deep"));
        }
        let param = &finding.reading.params[selector.param];
        let mut stand_in = StandIn::of(set, context, tool, finding, param);
        let deeds: Vec<(Deed, &Value)> =
            selector.values.iter().map(|value| (judge_one(set, finding, &mut stand_in, &value.text), value)).collect();
        if !are_operations(set, finding, &selector, &deeds) {
            continue;
        }
        for (deed, value) in deeds {
            unknown |= !deed.recognised;
            // What only words list, or what a doubtful name selects, raises nothing by being unknown.
            let counts = deed.recognised || selector.sure && !selector.worded;
            if deed.recognised {
                heaviest = heaviest.max(Some(deed.class));
            }
            if counts && gravest.as_ref().is_none_or(|(known, _)| deed.rank() > known.rank()) {
                gravest = Some((deed.clone(), value.evidence(&deed.rule)));
            }
            if found.len() < MAX_SHOWN {
                found.push(OperationVerdict {
                    parameter: param.path.to_string(),
                    value: value.text.clone(),
                    class: deed.class,
                    traits: deed.traits,
                    risk: deed.risk,
                    recognised: deed.recognised,
                });
            }
        }
    }
    hold_to_the_text(set, finding, &mut found);
    let all_read = gravest.as_ref().is_some_and(|(deed, _)| deed.class == Class::Read) && !unknown;
    finding.operations = found;
    finding.unknown_operation = unknown;
    if let Some((deed, evidence)) = gravest {
        // A list of operations is a definition, not prose: all of them reading speaks louder than a name such as "manage".
        let frees = all_read && only_weak(set, finding);
        let reads = deed.class == Class::Read && deed.risk > Risk::Medium;
        if let Some(class) = heaviest.filter(|class| reads && *class > finding.class) {
            finding.class = class;
            finding.floor = finding.floor.max(Some(deed.risk));
            finding.gravest_operation = Some(evidence);
        } else if deed.class > finding.class || !finding.recognised || frees {
            finding.class = deed.class;
            if frees {
                weaken(set, finding, deed.class);
            }
            finding.gravest_operation = Some(evidence);
        } else if !deed.traits.is_subset(&finding.traits) {
            finding.gravest_operation = Some(evidence);
        }
        finding.recognised |= deed.recognised || !unknown;
        finding.full_loss |= deed.full_loss;
        finding.full_act |= deed.full_act;
        finding.traits.extend(deed.traits);
    }
    judge_switches(set, context, tool, finding);
}

/// Parameters that switch a deed on, and values of other parameters that are deeds: a loss that waits for them is high,
/// one that their default brings is a loss of every call.
fn judge_switches(set: &Ruleset, context: &ServerContext, tool: &Tool, finding: &mut Finding<'_>) {
    const COUNTED: [Trait; 3] = [Trait::Destructive, Trait::Financial, Trait::Privileged];
    // The values of one parameter follow each other.
    let mut stand_in: Option<(usize, StandIn)> = None;
    for switch in switches(set, finding, tool) {
        let (_, known) = match stand_in.take_if(|(param, _)| *param == switch.param) {
            Some(known) => stand_in.insert(known),
            None => {
                let param = &finding.reading.params[switch.param];
                stand_in.insert((switch.param, StandIn::of(set, context, tool, finding, param)))
            }
        };
        let deed = judge_one(set, finding, known, &switch.value.text);
        if deed.class == Class::Read || !deed.recognised || !deed.traits.iter().any(|of| COUNTED.contains(of)) {
            continue;
        }
        // "remove_images" of an answer is no loss.
        let by_name = switch.value.field == mcpdex_model::Field::Parameter;
        let name = switch.value.text.to_lowercase();
        let loses = ["prune", "drop", "purge", "force"].iter().any(|word| name.contains(word));
        if by_name && deed.rule == "removes-for-good" && !loses {
            continue;
        }
        let rights = deed.rule.starts_with("changes-access") || deed.rule.starts_with("changes-security");
        if !rights && deed.traits.iter().all(|of| !matches!(of, Trait::Destructive | Trait::Financial)) {
            continue;
        }
        let evidence = switch.value.evidence(&deed.rule);
        finding.full_loss |= deed.full_loss && switch.is_default;
        if !finding.recognised || deed.class > finding.class && finding.class == Class::Read {
            finding.class = Class::Write;
            finding.recognised = true;
        }
        let traits: BTreeSet<Trait> = deed.traits.iter().copied().filter(|of| COUNTED.contains(of)).collect();
        if !traits.is_subset(&finding.traits) || finding.gravest_operation.is_none() && finding.fired.is_empty() {
            finding.gravest_operation = Some(evidence);
        }
        finding.traits.extend(traits);
    }
}

/// Whether the values of a parameter are operations, and not a list of something else.
fn are_operations(set: &Ruleset, finding: &Finding<'_>, selector: &Selector, deeds: &[(Deed, &Value)]) -> bool {
    // "Checks whether somebody may perform an operation": none is done.
    let acts = |deed: &Deed| deed.recognised && deed.class > Class::Read;
    if deeds.iter().any(|(deed, _)| deed.asked) && !deeds.iter().any(|(deed, _)| acts(deed)) {
        return false;
    }
    let known = deeds.iter().filter(|(deed, _)| deed.heard).count();
    // However many words that nobody knows stand around a deed, it can be chosen.
    if selector.worded {
        known > 0 && known * 2 >= deeds.len()
            || deeds.iter().any(|(deed, _)| deed.recognised && deed.risk >= Risk::High)
    } else if is_plain_look(set, finding) {
        // Where name and text speak of looking, nouns that nobody knows are what is looked at; a deed among them is none.
        // "merge_train_removed" says what happened to it; "purge_removed" purges.
        let state = |value: &Value| {
            let words = words_of(&value.text);
            let verbs = |word: Option<&str>| {
                word.and_then(|word| set.lexicon.whole(word)).map_or(&[][..], |of| &set.lexicon.meaning(of).verbs[..])
            };
            let plain = |verb: &VerbForm| verb.form == Form::Base && !set.lexicon.is_nouny(verb.lemma);
            let last = words.rsplit(' ').next();
            // "build_failed": what ends so is a participle, known or not.
            let past = verbs(last).iter().any(|verb| verb.form == Form::Past)
                || last.is_some_and(|word| word.ends_with("ed") && verbs(Some(word)).is_empty());
            past && !verbs(words.split(' ').next()).iter().any(plain)
        };
        let acts = |(deed, value): &(Deed, &Value)| deed.recognised && deed.class > Class::Read && !state(value);
        known == deeds.len() || selector.sure && deeds.iter().any(acts)
    } else if selector.sure {
        known > 0
    } else {
        known > 1 && known * 3 >= deeds.len() * 2
    }
}

/// The text that says worse than an operation, and speaks of no lighter deed, holds whatever is chosen.
fn hold_to_the_text(set: &Ruleset, finding: &Finding<'_>, operations: &mut [OperationVerdict]) {
    let own = finding.risk(finding.class, &finding.traits);
    let described = |hit: &&Fired| {
        hit.action.is_some_and(|index| {
            let action = &finding.actions[index as usize];
            action.place == Place::Description && action.verb.is_some() && !action.switch
        })
    };
    let class_of = |hit: &Fired| set.rules[hit.rule as usize].class;
    let worse = finding.fired.iter().filter(described).any(|hit| {
        hit.fate == Fate::Won && class_of(hit) == Some(finding.class) && !set.rules[hit.rule as usize].traits.is_empty()
    });
    // What a later sentence says in general is no description of an operation: "reads only, by policy".
    let named = |hit: &&Fired| {
        let Some(action) = hit.action.map(|index| &finding.actions[index as usize]) else { return false };
        let verb = action.verb.map(|verb| finding.reading.text[verb.start as usize..verb.end as usize].to_lowercase());
        let begins = |verb: &String| {
            operations.iter().any(|of| words_of(&of.value).split(' ').next().is_some_and(|word| verb.starts_with(word)))
        };
        action.weaker == 0 || verb.is_some_and(|verb| begins(&verb))
    };
    let lighter = finding.fired.iter().filter(described).filter(named);
    let lighter = lighter.into_iter().any(|hit| class_of(hit).is_some_and(|of| of < finding.class));
    if !worse || lighter || own < Risk::High {
        return;
    }
    for operation in operations.iter_mut().filter(|operation| operation.risk < own) {
        operation.class = operation.class.max(finding.class);
        operation.traits.extend(finding.traits.iter().copied());
        operation.risk = own;
    }
}

/// Whether name and description both say that the tool looks: "list_entries" with an `action` lists the entries of one
/// kind, unless every value of it is a deed.
fn is_plain_look(set: &Ruleset, finding: &Finding<'_>) -> bool {
    let looks = |place: Place| {
        finding.fired.iter().any(|hit| {
            hit.fate == Fate::Won
                && hit.strength >= 3
                && set.rules[hit.rule as usize].class == Some(Class::Read)
                && hit.action.is_some_and(|index| finding.actions[index as usize].place == place)
        })
    };
    finding.class == Class::Read && looks(Place::Name) && looks(Place::Description)
}

fn only_weak(set: &Ruleset, finding: &Finding<'_>) -> bool {
    finding.fired.iter().filter(|hit| hit.fate == Fate::Won).all(|hit| {
        let rule = &set.rules[hit.rule as usize];
        hit.strength <= 2 && (rule.class <= Some(Class::Read) || rule.traits.is_empty())
    })
}

fn weaken(set: &Ruleset, finding: &mut Finding<'_>, class: Class) {
    for hit in finding.fired.iter_mut().filter(|hit| hit.fate == Fate::Won) {
        if set.rules[hit.rule as usize].class.is_some_and(|of| of > class) {
            hit.fate = Fate::Weaker;
        }
    }
}

/// What the operations of one parameter are judged as: a tool that has that parameter alone.
struct StandIn {
    tool: Tool,
    /// What an operation is done to.
    nouns: String,
    context: ServerContext,
}

impl StandIn {
    fn of(set: &Ruleset, context: &ServerContext, tool: &Tool, finding: &Finding<'_>, param: &Param<'_>) -> StandIn {
        let mut properties = Map::new();
        properties.insert(param.name.to_owned(), param.schema.clone());
        let mut schema = Map::new();
        schema.insert("properties".to_owned(), serde_json::Value::Object(properties));
        StandIn {
            nouns: noun_part(set, finding, &tool.name),
            context: ServerContext { server_words: context.server_words.clone(), ..ServerContext::default() },
            tool: Tool {
                name: String::new(),
                title: None,
                description: None,
                input_schema: Some(schema),
                output_schema: None,
                annotations: mcpdex_model::Annotations::default(),
                oddities: Vec::new(),
                raw: String::new(),
                other_reading: None,
                code: None,
            },
        }
    }
}

/// Judges one operation as if it were the name of a tool, with the words of the tool's name as its object.
fn judge_one(set: &Ruleset, finding: &Finding<'_>, stand_in: &mut StandIn, value: &str) -> Deed {
    stand_in.tool.name = [value, " ", &stand_in.nouns].concat();
    let alone = &stand_in.context;
    let reading = ToolText::of(&stand_in.tool, &set.lexicon);
    let segment = reading.name_segment();
    let own = words_of(value).len() as u32;
    let actions: Vec<Action> = of_name(&reading, &set.lexicon, alone, (segment.start, segment.end))
        .into_iter()
        // The verb must be the operation's own, not one of the tool's name.
        .filter(|action| {
            action.place == Place::Name && !action.extra && action.verb.is_none_or(|verb| verb.start < own)
        })
        .map(|mut action| {
            action.plural = false;
            action.head = action.objects.iter().rposition(|word| word.start < own).or(action.head);
            action
        })
        .collect();
    let phrases = set.phrases(&reading, &[], None);
    let scene = Statements { reading: &reading, context: alone, phrases: &phrases, actions: &actions, sentences: &[] };
    let mut fired = set.fire(&scene, 0..actions.len());
    // The parameter that selects the operation is no evidence by itself, and what holds of the tool as a whole ("only
    // SELECT statements"), or of its first sentence ("checks whether one may …"), holds of each operation.
    let overruling = |rule: u32| {
        finding.fired.iter().find(|hit| {
            let opens = |index: u32| {
                let action = &finding.actions[index as usize];
                action.place == Place::Description && action.weaker == 0 && !action.joined && !action.extra
            };
            hit.fate == Fate::Won
                && hit.action.is_none_or(opens)
                && set.rules[hit.rule as usize].overrules.contains(&rule)
        })
    };
    let asks = |hit: &Fired| hit.action.is_some() && set.rules[hit.rule as usize].class == Some(Class::Read);
    let asked = fired.iter().any(|hit| hit.action.is_some() && overruling(hit.rule).is_some_and(asks));
    fired.retain(|hit| hit.action.is_some() && overruling(hit.rule).is_none());
    overrule(set, &mut fired, &scene);
    let (class, recognised) = settle(set, &mut fired, &actions);
    let Some(class) = class.filter(|_| recognised) else { return Deed { asked, ..Deed::unknown() } };
    // A verb that only may be a look earns no low.
    let earned = |hit: &Fired| {
        let rule = &set.rules[hit.rule as usize];
        hit.fate == Fate::Won && rule.class == Some(class) && rule.confidence > Confidence::Low
    };
    if class == Class::Read && !fired.iter().any(earned) {
        return Deed { asked, heard: true, ..Deed::unknown() };
    }
    let mut deed = Deed { class, recognised, heard: true, asked, ..Deed::unknown() };
    for hit in fired.iter().filter(|hit| hit.fate == Fate::Won) {
        let rule = &set.rules[hit.rule as usize];
        if rule.only_for.is_empty() || rule.only_for.contains(&class) {
            deed.traits.extend(rule.traits.iter().copied());
            deed.full_loss |= rule.traits.contains(&Trait::Destructive) && !rule.light;
            deed.full_act |= rule.class == Some(Class::Execute) && !rule.light;
        }
        if rule.class == Some(class) && deed.rule.is_empty() {
            deed.rule.clone_from(&rule.id);
        }
    }
    deed.risk = risk_of(class, &deed.traits, !deed.full_loss, !deed.full_act);
    deed
}

/// The words of the tool's name without its verb: what an operation is done to.
fn noun_part(set: &Ruleset, finding: &Finding<'_>, name: &str) -> String {
    let Some(action) = finding.actions.first().filter(|_| !name.is_empty()) else { return String::new() };
    let words: Vec<&str> = action
        .objects
        .iter()
        .map(|word| &finding.reading.text[word.start as usize..word.end as usize])
        .filter(|word| !set.operation_parameters.iter().any(|parameter| parameter == word))
        .collect();
    words.join(" ")
}
