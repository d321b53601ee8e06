//! Looks servers and tools up by what people call them, and finds the tools that a name can be taken for.

use super::index::number;
use super::{Reader, StoreError};
use mcpdex_model::{NamedTool, pypi_name, spelling};

/// Spellings, look-alikes and mentions that are told, at most.
const MOST: i64 = 50;

/// What has to do with the name of a tool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Namesakes {
    /// Names of current tools that are this one but for letter case and separators, the name itself left out.
    pub spellings: Vec<String>,
    /// Current tools whose name differs from this one and looks like it to a reader.
    pub look_alikes: Vec<NamedTool>,
    /// Current tools whose descriptions mention this name, servers that have such a tool themselves left out.
    pub mentioned_by: Vec<NamedTool>,
}

/// Servers by a name, a package or an address (`?1`), which may be a project of PyPI's by another spelling (`?2`).
const WANTED: &str = "
    SELECT id FROM server WHERE name IN (?1, 'npm:' || ?1, 'pypi:' || ?1, 'pypi:' || ?2, 'oci:' || ?1)
    UNION SELECT server_id FROM server_alias
    WHERE alias IN (?1, 'npm:' || ?1, 'pypi:' || ?1, 'pypi:' || ?2, 'oci:' || ?1, ?1 || '/', rtrim(?1, '/'))";
const WANTED_ON_A_SERVER: &str = "
    SELECT id FROM server WHERE name IN (?1, 'npm:' || ?1, 'pypi:' || ?1, 'pypi:' || ?2, 'oci:' || ?1)
    UNION SELECT server_id FROM server_alias
    WHERE digest_of(alias) IN (digest_of(?1), digest_of('npm:' || ?1), digest_of('pypi:' || ?1), digest_of('pypi:' || ?2),
                               digest_of('oci:' || ?1), digest_of(?1 || '/'), digest_of(rtrim(?1, '/')))";

impl Reader {
    /// The servers that a person may mean: by name, by what a list was learnt from, by package (with or without its
    /// registry) or by address.
    pub(super) fn server_ids(&self, wanted: &str) -> Result<Vec<i64>, StoreError> {
        let sql = match self.connection.is_server() {
            false => WANTED,
            true => WANTED_ON_A_SERVER,
        };
        let project = pypi_name(wanted.strip_prefix("pypi:").unwrap_or(wanted));
        self.connection
            .prepare_cached(sql)
            .and_then(|mut s| s.query_map([wanted, &project], |row| row.get(0))?.collect())
            .map_err(self.fail())
    }

    /// The names of the servers that a person may mean by a name, a package or an address.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn servers_called(&self, wanted: &str) -> Result<Vec<String>, StoreError> {
        self.called(wanted, "SELECT name FROM server WHERE id = ?1 AND gone = 0")
    }

    /// The same, those that are gone included.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn servers_ever_called(&self, wanted: &str) -> Result<Vec<String>, StoreError> {
        self.called(wanted, "SELECT name FROM server WHERE id = ?1")
    }

    fn called(&self, wanted: &str, sql: &str) -> Result<Vec<String>, StoreError> {
        let mut names = Vec::new();
        for id in self.server_ids(wanted)? {
            names.extend(self.names(sql, [id])?);
        }
        names.sort();
        Ok(names)
    }

    /// The servers that go by this package or address, by name.
    pub(super) fn servers_of_alias(&self, alias: &str) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT server.name FROM server_alias JOIN server ON server.id = server_alias.server_id
                   WHERE server_alias.alias = ?1 AND server.gone = 0 ORDER BY server.name";
        self.names(sql, [alias])
    }

    /// The tools that a name can be taken for.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn namesakes(&self, name: &str) -> Result<Namesakes, StoreError> {
        let (folded, skeleton) = (number(&spelling::fold(name)), number(&spelling::skeleton(name)));
        // Most names have none: one cheap question before three dear ones.
        let sql = "SELECT EXISTS (SELECT 1 FROM tool_name WHERE folded = ?2 AND name != ?1),
                          EXISTS (SELECT 1 FROM tool_name WHERE skeleton = ?3 AND folded != ?2),
                          EXISTS (SELECT 1 FROM mention WHERE name = ?4)";
        let (spelled, alike, mentioned): (bool, bool, bool) = self
            .connection
            .query_row(sql, (name, folded, skeleton, number(name)), |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .map_err(self.fail())?;
        let mut namesakes = Namesakes::default();
        if spelled {
            let sql = "SELECT name FROM tool_name WHERE folded = ?1 AND name != ?2
                         AND EXISTS (SELECT 1 FROM tool WHERE tool.name = tool_name.name AND tool.current = 1)
                       ORDER BY name LIMIT ?3";
            namesakes.spellings = self.names(sql, (folded, name, MOST))?;
        }
        if alike {
            let sql = "SELECT server.name AS server, tool.name AS tool FROM tool_name
                       CROSS JOIN tool ON tool.name = tool_name.name AND tool.current = 1
                       CROSS JOIN server ON server.id = tool.server_id
                       WHERE tool_name.skeleton = ?1 AND tool_name.folded != ?2
                       ORDER BY server.name, tool.name LIMIT ?3";
            namesakes.look_alikes = self.all(sql, (skeleton, folded, MOST))?;
        }
        if mentioned {
            let sql = "SELECT server.name AS server, tool.name AS tool FROM mention
                       CROSS JOIN tool ON tool.id = mention.tool_id AND tool.current = 1
                       CROSS JOIN server ON server.id = tool.server_id
                       WHERE mention.name = ?3
                         AND NOT EXISTS (SELECT 1 FROM tool AS own
                             WHERE own.server_id = tool.server_id AND own.name = ?1 AND own.current = 1)
                       ORDER BY server.name, tool.name LIMIT ?2";
            namesakes.mentioned_by = self.all(sql, (name, MOST, number(name)))?;
        }
        Ok(namesakes)
    }

    /// The other current tools of a server with what was judged of them, gravest first, at most `most`; without their
    /// definitions, so that it costs little.
    ///
    /// # Errors
    /// The database cannot be read, or a stored document is damaged.
    pub fn other_tools(
        &self,
        server: &str,
        name: &str,
        most: u32,
    ) -> Result<Vec<mcpdex_model::RelatedTool>, StoreError> {
        let sql = "SELECT server.name AS server, tool.name AS tool, judgement.class AS class, judgement.risk AS risk,
                          judgement.traits AS traits
                   FROM server JOIN tool ON tool.server_id = server.id AND tool.current = 1
                   JOIN judged ON judged.tool_id = tool.id
                   JOIN judgement ON judgement.id = judged.judgement_id
                   WHERE server.name = ?1 AND tool.name != ?2
                   ORDER BY CASE judgement.risk WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END,
                            tool.name, tool.id
                   LIMIT ?3";
        self.all(sql, (server, name, most))
    }

    /// The current tools of one name with what was judged of them, by server, at most `most`, and how many there are.
    ///
    /// # Errors
    /// The database cannot be read, or a stored document is damaged.
    pub fn same_name(&self, name: &str, most: u32) -> Result<(u64, Vec<mcpdex_model::RelatedTool>), StoreError> {
        let sql = "SELECT server.name AS server, tool.name AS tool, judgement.class AS class, judgement.risk AS risk,
                          judgement.traits AS traits
                   FROM tool CROSS JOIN server ON server.id = tool.server_id
                   CROSS JOIN judged ON judged.tool_id = tool.id
                   CROSS JOIN judgement ON judgement.id = judged.judgement_id
                   WHERE tool.name = ?1 AND tool.current = 1 ORDER BY server.name, tool.id LIMIT ?2";
        let count = "SELECT count(*) FROM tool WHERE name = ?1 AND current = 1";
        Ok((self.number(count, [name])?, self.all(sql, (name, most))?))
    }

    /// Every name of a server, those that are gone included, in order, handed to `each` one by one.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn for_each_server_ever(&self, mut each: impl FnMut(&str)) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare("SELECT name FROM server ORDER BY name").map_err(self.fail())?;
        let mut rows = statement.query(()).map_err(self.fail())?;
        while let Some(row) = rows.next().map_err(self.fail())? {
            each(row.get_ref(0).ok().and_then(|value| value.as_str().ok()).unwrap_or_default());
        }
        Ok(())
    }
}
