//! What a person may have meant by a name that is not there.

/// Keeps the names that are nearest to `wanted`, nearest first; names equally near are in alphabetical order.
///
/// A name is near when it is alike as a whole (Jaro–Winkler, letter case and separators aside), or contains the wanted
/// one.
#[derive(Debug)]
pub struct Nearest {
    wanted: String,
    most: usize,
    found: Vec<(f64, String)>,
}

/// Below this likeness a name is no help.
const ALIKE: f64 = 0.78;

/// Collects at most `most` names near `wanted`; feed it with [`Nearest::see`].
pub fn nearest(wanted: &str, most: usize) -> Nearest {
    Nearest { wanted: fold(wanted), most, found: Vec::new() }
}

impl Nearest {
    /// Considers one name that exists.
    pub fn see(&mut self, name: &str) {
        let folded = fold(name);
        let folded = folded.as_str();
        let contains = self.wanted.len() >= 3 && folded.contains(&self.wanted);
        let likeness = strsim::jaro_winkler(&self.wanted, folded) + if contains { 0.5 } else { 0.0 };
        if likeness < ALIKE {
            return;
        }
        let place = self.found.partition_point(|(other, text)| (-*other, text.as_str()) <= (-likeness, name));
        if place < self.most {
            self.found.insert(place, (likeness, name.to_owned()));
            self.found.truncate(self.most);
        }
    }

    /// The nearest names, nearest first.
    pub fn names(self) -> Vec<String> {
        self.found.into_iter().map(|(_, name)| name).collect()
    }
}

/// Names longer than this are compared by their beginning: likeness costs the product of the lengths.
const LONGEST: usize = 128;

fn fold(name: &str) -> String {
    name.chars().take(LONGEST).filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_nearest_names_come_first_and_strangers_do_not_come_at_all() {
        let mut search = nearest("deleteFile", 2);
        for name in ["create_channel", "delete_files", "delete_file", "delete_folder"] {
            search.see(name);
        }
        assert_eq!(search.names(), ["delete_file", "delete_files"]);
    }

    #[test]
    fn nothing_near_gives_nothing() {
        let mut search = nearest("zzz", 5);
        search.see("list_rooms");
        assert!(search.names().is_empty());
    }
}
