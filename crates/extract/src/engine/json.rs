//! Values of a walk as JSON: what is known is written, and the place of what is not is kept. What a value is, its
//! language says.

use serde_json::{Map, Value as Json};

/// How deep one value or schema may nest.
const MAX_DEPTH: usize = 40;
/// JSON values of one conversion; those that a whole document is read with need many.
const MAX_NODES: usize = 1_000_000;

/// What one value of a language is in JSON.
#[derive(Debug)]
pub(crate) enum Part<V> {
    Json(Json),
    /// In order, and whether that is all of them.
    Items {
        items: Vec<V>,
        is_open: bool,
    },
    /// By key, `None` where the key is not known, and whether that is all of them.
    Members {
        members: Vec<(Option<String>, V)>,
        is_open: bool,
    },
    /// Another value stands for it.
    Is(V),
    /// It has no JSON, and nothing is missing for that.
    Nothing,
    /// It is not known.
    Hole,
}

/// How one language's values are seen.
pub(crate) trait Values {
    type Value;

    fn part(&mut self, value: &Self::Value, holes: &mut Holes) -> Part<Self::Value>;
}

/// `value` as JSON; `None` where it has none. What is not known is left out, and its place is kept in `holes`.
pub(crate) fn write<L: Values>(language: &mut L, value: &L::Value, holes: &mut Holes) -> Option<Json> {
    if !holes.enter() {
        return None;
    }
    let json = match language.part(value, holes) {
        Part::Json(json) => Some(json),
        Part::Is(other) => write(language, &other, holes),
        Part::Nothing => None,
        Part::Hole => {
            holes.note();
            None
        }
        Part::Items { items, is_open } => {
            if is_open {
                holes.note();
            }
            let mut out = Vec::with_capacity(items.len());
            for (at, item) in items.iter().enumerate() {
                out.extend(holes.at(&at.to_string(), |holes| write(language, item, holes)));
            }
            Some(Json::Array(out))
        }
        Part::Members { members, is_open } => {
            if is_open {
                holes.note();
            }
            let mut out = Map::new();
            for (key, member) in members {
                let Some(key) = key else {
                    holes.note();
                    continue;
                };
                if let Some(json) = holes.at(&key, |holes| write(language, &member, holes)) {
                    out.insert(key, json);
                }
            }
            Some(Json::Object(out))
        }
    };
    holes.leave();
    json
}

/// What of one conversion is not known, by place, and what is left of the work that it may do.
#[derive(Debug)]
pub(crate) struct Holes {
    left: usize,
    depth: usize,
    path: Vec<String>,
    places: Vec<Vec<String>>,
}

impl Default for Holes {
    fn default() -> Self {
        Holes { left: MAX_NODES, depth: 0, path: Vec::new(), places: Vec::new() }
    }
}

impl Holes {
    /// Room for `nodes` JSON values.
    pub(crate) fn within(nodes: usize) -> Self {
        Holes { left: nodes, ..Holes::default() }
    }

    /// Enters one value; false when the bounds are reached, which is a hole.
    pub(crate) fn enter(&mut self) -> bool {
        if self.left == 0 || self.depth >= MAX_DEPTH {
            self.note();
            return false;
        }
        self.left -= 1;
        self.depth += 1;
        true
    }

    pub(crate) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// Does something at the place of a member.
    pub(crate) fn at<R>(&mut self, member: &str, act: impl FnOnce(&mut Self) -> R) -> R {
        self.path.push(member.to_owned());
        let result = act(self);
        self.path.pop();
        result
    }

    /// Remembers that something at this place is not known.
    pub(crate) fn note(&mut self) {
        if self.places.len() < 20 && !self.places.contains(&self.path) {
            self.places.push(self.path.clone());
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The places as JSON pointers.
    pub(crate) fn pointers(&self) -> impl Iterator<Item = String> {
        let below = |at: String, part: &String| mcpdex_model::text::pointer_to(&at, part);
        self.places.iter().map(move |place| place.iter().fold(String::new(), below))
    }

    /// The places by the names of members, as people write them.
    pub(crate) fn dotted(&self) -> impl Iterator<Item = String> {
        self.places.iter().map(|place| place.join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, Clone)]
    enum Lamp {
        Lit(i64),
        Dark,
        Row(Vec<Lamp>),
        Room(Vec<(&'static str, Lamp)>),
        Within(Box<Lamp>),
    }

    struct Lamps;

    impl Values for Lamps {
        type Value = Lamp;

        fn part(&mut self, lamp: &Lamp, _: &mut Holes) -> Part<Lamp> {
            match lamp {
                Lamp::Lit(value) => Part::Json(json!(value)),
                Lamp::Dark => Part::Hole,
                Lamp::Row(items) => Part::Items { items: items.clone(), is_open: false },
                Lamp::Room(members) => {
                    let key = |key: &str| (key != "?").then(|| key.to_owned());
                    let members = members.iter().map(|(name, value)| (key(name), value.clone())).collect();
                    Part::Members { members, is_open: false }
                }
                Lamp::Within(inner) => Part::Is((**inner).clone()),
            }
        }
    }

    #[test]
    fn what_is_not_known_is_left_out_and_its_place_is_kept() {
        let row = Lamp::Row(vec![Lamp::Lit(1), Lamp::Dark, Lamp::Lit(3)]);
        let room = Lamp::Room(vec![("a/b", row), ("?", Lamp::Lit(4)), ("c", Lamp::Dark)]);
        let mut holes = Holes::default();
        assert_eq!(write(&mut Lamps, &room, &mut holes), Some(json!({"a/b": [1, 3]})));
        assert_eq!(holes.pointers().collect::<Vec<_>>(), ["/a~1b/1", "", "/c"]);
        assert_eq!(holes.dotted().collect::<Vec<_>>(), ["a/b.1", "", "c"]);
    }

    #[test]
    fn a_value_in_itself_ends_and_so_does_one_without_end() {
        let deep = (0..10_000).fold(Lamp::Lit(1), |lamp, _| Lamp::Within(Box::new(lamp)));
        let mut holes = Holes::default();
        assert_eq!(write(&mut Lamps, &deep, &mut holes), None);
        assert!(!holes.is_empty());
        let wide = Lamp::Row(vec![Lamp::Lit(1); 100]);
        let mut holes = Holes::within(10);
        assert_eq!(write(&mut Lamps, &wide, &mut holes).and_then(|json| Some(json.as_array()?.len())), Some(9));
        assert!(!holes.is_empty());
    }
}
