//! Lists the migrations of each database for embedding, in the order of the numbers that their names begin with.

use std::path::PathBuf;

fn main() -> std::io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    list("src/migrations", "migrations.rs")?;
    list("src/sql/postgres/migrations", "migrations_postgres.rs")
}

/// Lists the files of a folder in a file of the build.
fn list(folder: &str, into: &str) -> std::io::Result<()> {
    println!("cargo::rerun-if-changed={folder}");
    let folder = PathBuf::from(variable("CARGO_MANIFEST_DIR")?).join(folder);
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(&folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
    files.sort();
    let mut list = String::from("&[\n");
    for (at, path) in files.iter().enumerate() {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !name.starts_with(&format!("{:04}_", at + 1)) || !name.ends_with(".sql") {
            let message = format!("{name} stands where migration {:04} should: their numbers have no gaps", at + 1);
            return Err(std::io::Error::other(message));
        }
        // The text, not its path: a folder of build output may be shared by checkouts in several places.
        list.push_str(&format!("    {:?},\n", std::fs::read_to_string(path)?));
    }
    let target = PathBuf::from(variable("OUT_DIR")?).join(into);
    // A file of its own: what was there may be shared with the folder of another checkout.
    let part = target.with_extension("part");
    std::fs::write(&part, list + "]")?;
    std::fs::rename(part, target)
}

/// A variable that cargo sets for build scripts.
fn variable(name: &str) -> std::io::Result<String> {
    std::env::var(name).map_err(std::io::Error::other)
}
