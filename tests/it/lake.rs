//! Snapshots and package archives in a bucket: what is published comes back, a snapshot of another or a newer one is left as it
//! is, whatever was cut short or changed is refused, and no credential is told.

use crate::fetch::{assert_read, npm, npm_dist, pypi, run, tarball, wheel, with_both};
use crate::support::binary::{Ran, User, ran};
use crate::support::bucket::Bucket;
use crate::support::database::content;
use crate::support::mirror::{Mirror, Reply};
use crate::support::shelf::{friday, monday, package};
use mcpdex::crawl::Options;
use mcpdex::lake::Archives;
use mcpdex::source::artifact::sha256_hex;
use std::path::Path;
use std::sync::Arc;

const LIST: &str = r#"{"name":"list_pots","description":"Lists the pots on the shelf.","inputSchema":{"type":"object","properties":{}}}"#;
const DROP: &str = r#"{"name":"drop_shelf","description":"Deletes the shelf and every pot on it for good.","inputSchema":{"type":"object","properties":{"shelf":{"type":"string"}}}}"#;
const PLACE: &str = "s3://lake/a/b";

fn user() -> User {
    let user = User::new();
    package(&user, monday, "kiln-desk", "1.0.0", &[LIST, DROP]);
    user.done(&["stats"]);
    user
}

/// Runs mcpdex with the bucket in its environment; nothing secret is in what it says, however much it is asked to say.
fn told(user: &User, bucket: &Bucket, words: &[&str]) -> Ran {
    let ran = ran(user.command(&[words, &["-vv"]].concat()).envs(bucket.environment()).output().unwrap());
    assert!(!format!("{}{}", ran.out, ran.err).contains("planted"), "{}{}", ran.out, ran.err);
    ran
}

fn import(user: &User, bucket: &Bucket, words: &[&str]) -> Ran {
    let database = user.home().join("taken.db");
    let _ = std::fs::remove_file(&database);
    told(user, bucket, &[&["--db", database.to_str().unwrap(), "import", PLACE], words].concat())
}

#[test]
fn what_is_published_into_a_bucket_comes_back_whole_and_is_sent_once() {
    let (user, bucket) = (user(), Bucket::start());
    let pair = minisign::KeyPair::generate_unencrypted_keypair().unwrap();
    for (name, text) in
        [("key", pair.sk.to_box(None).unwrap().into_string()), ("pub", pair.pk.to_box().unwrap().into_string())]
    {
        std::fs::write(user.home().join(name), text).unwrap();
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(user.home().join("key"), std::fs::Permissions::from_mode(0o600)).unwrap();
    }
    let published = told(&user, &bucket, &["publish", PLACE, "--key", "key"]);
    assert!(published.code == 0 && published.err.contains("2 tools published in s3://lake/a/b"), "{}", published.err);
    let taken = import(&user, &bucket, &["--key", "pub"]);
    assert!(taken.code == 0 && taken.err.contains("signed at"), "{}", taken.err);
    assert_eq!(content(&user.home().join("taken.db")), content(&user.database()));
    // The manifest is the last that is written, and the signature that vouches for it the last before.
    let written = |bucket: &Bucket| -> Vec<String> {
        bucket.shelf().asked.iter().filter(|(method, _)| method == "PUT").map(|(_, key)| key.clone()).collect()
    };
    let first = written(&bucket);
    assert!(
        first.last().unwrap().ends_with("/snapshot.json") && first[first.len() - 2].ends_with(".minisig"),
        "{first:?}"
    );
    // Files that are there are not sent again; those that nobody names any more go when they are a day old.
    package(&user, friday, "wheel", "1.0.0", &[LIST]);
    bucket.shelf().asked.clear();
    assert_eq!(told(&user, &bucket, &["publish", PLACE, "--key", "key"]).code, 0);
    let again = written(&bucket);
    assert!(again.len() < first.len() && !again.iter().any(|key| key.contains("risk=critical")), "{again:?}");
    let before = bucket.keys("a/b/").len();
    {
        let mut shelf = bucket.shelf();
        let all: Vec<String> = shelf.objects.keys().cloned().collect();
        shelf.old.extend(all);
        shelf.objects.insert("a/b/rows/notes.txt".to_owned(), b"mine".to_vec());
        shelf.objects.insert("a/bystander".to_owned(), b"mine".to_vec());
    }
    package(&user, friday, "spoon", "1.0.0", &[LIST]);
    assert_eq!(told(&user, &bucket, &["publish", PLACE, "--key", "key"]).code, 0);
    let keys = bucket.keys("a/b/");
    assert!(keys.len() <= before && keys.contains(&"rows/notes.txt".to_owned()), "{before} {keys:?}");
    assert_eq!(keys.iter().filter(|key| key.ends_with(".minisig")).count(), 1);
    assert_eq!(bucket.keys("a/bystander").len(), 1);
    assert_eq!(import(&user, &bucket, &["--key", "pub"]).code, 0);
    // What left this machine is signed by the key's holder and holds no key.
    let sent: Vec<u8> = bucket.shelf().objects.values().flatten().copied().collect();
    assert!(!String::from_utf8_lossy(&sent).contains("planted-secret"));
    assert!(bucket.shelf().headers.contains("AWS4-HMAC-SHA256") && !bucket.shelf().headers.contains("planted-secret"));
}

#[test]
fn what_another_publishes_meanwhile_is_left_as_it_is() {
    let (user, bucket) = (user(), Bucket::start());
    let manifest = "a/b/snapshot.json".to_owned();
    for there in [false, true] {
        if there {
            bucket.shelf().objects.remove(&manifest);
            assert_eq!(told(&user, &bucket, &["publish", PLACE, "--unsigned"]).code, 0);
        }
        bucket.shelf().meanwhile = Some((manifest.clone(), b"theirs".to_vec()));
        let refused = told(&user, &bucket, &["publish", PLACE, "--unsigned"]);
        assert!(refused.code == 1 && refused.err.contains("another mcpdex has published"), "{}", refused.err);
        assert_eq!(bucket.shelf().objects[&manifest], b"theirs");
    }
}

#[test]
fn a_newer_snapshot_and_one_that_is_not_understood_are_written_over_only_when_told() {
    let (older, newer, bucket) = (user(), user(), Bucket::start());
    package(&newer, friday, "wheel", "1.0.0", &[LIST]);
    for place in [PLACE, "folder"] {
        let place =
            if place == "folder" { newer.home().join("folder").to_str().unwrap().to_owned() } else { place.to_owned() };
        assert_eq!(told(&newer, &bucket, &["publish", &place, "--unsigned"]).code, 0);
        let refused = told(&older, &bucket, &["publish", &place, "--unsigned"]);
        assert!(
            refused.code == 1 && refused.err.contains("--replace") && refused.err.contains("newer"),
            "{}",
            refused.err
        );
        assert_eq!(told(&older, &bucket, &["publish", &place, "--unsigned", "--replace"]).code, 0);
        assert_eq!(told(&newer, &bucket, &["publish", &place, "--unsigned"]).code, 0);
    }
    bucket.shelf().objects.insert("a/b/snapshot.json".to_owned(), b"{\"schema\":\"mcpdex/snapshot/9\"}".to_vec());
    let refused = told(&older, &bucket, &["publish", PLACE, "--unsigned"]);
    assert!(refused.code == 1 && refused.err.contains("mcpdex/snapshot/9"), "{}", refused.err);
    assert_eq!(told(&older, &bucket, &["publish", PLACE, "--unsigned", "--replace"]).code, 0);
}

#[test]
fn an_upload_that_is_cut_short_leaves_the_old_snapshot_whole() {
    let (user, bucket) = (user(), Bucket::start());
    assert_eq!(told(&user, &bucket, &["publish", PLACE, "--unsigned"]).code, 0);
    let before = bucket.shelf().objects["a/b/snapshot.json"].clone();
    package(&user, friday, "wheel", "1.0.0", &[LIST, DROP]);
    user.done(&["stats"]);
    let mut cut = 0;
    for writes in 0.. {
        bucket.shelf().writes_left = Some(writes);
        let ran = told(&user, &bucket, &["publish", PLACE, "--unsigned"]);
        bucket.shelf().writes_left = None;
        let there = bucket.shelf().objects["a/b/snapshot.json"].clone();
        let taken = import(&user, &bucket, &["--unsigned"]);
        assert_eq!(taken.code, 0, "after {writes} writes: {}", taken.err);
        if there != before {
            break;
        }
        assert_eq!(ran.code, 1, "after {writes} writes: {}", ran.err);
        cut += 1;
    }
    assert!(cut > 5, "{cut}");
}

#[test]
fn whatever_was_changed_in_a_bucket_is_refused_with_its_place() {
    let (user, bucket) = (user(), Bucket::start());
    assert_eq!(told(&user, &bucket, &["publish", PLACE, "--unsigned"]).code, 0);
    for key in bucket.keys("a/b/") {
        let whole = bucket.shelf().objects[&format!("a/b/{key}")].clone();
        let mut changed = whole.clone();
        changed[whole.len() / 2] ^= 1;
        for bytes in [changed, whole[1..].to_vec(), [whole.as_slice(), b"\n"].concat()] {
            bucket.shelf().objects.insert(format!("a/b/{key}"), bytes);
            let refused = import(&user, &bucket, &["--unsigned"]);
            // A changed byte of the manifest may be one that nobody vouches for without a signature.
            let is_free = key == "snapshot.json";
            assert!(is_free || refused.code == 1 && refused.err.contains(&key), "{key}: {}", refused.err);
        }
        bucket.shelf().objects.remove(&format!("a/b/{key}"));
        let missing = import(&user, &bucket, &["--unsigned"]);
        assert!(missing.code == 1 && missing.err.contains("is not there"), "{key}: {}", missing.err);
        bucket.shelf().objects.insert(format!("a/b/{key}"), whole);
    }
    assert_eq!(import(&user, &bucket, &["--unsigned"]).code, 0);
}

#[test]
fn who_asks_and_where_has_to_be_said_and_is_not_told_on() {
    let (user, bucket) = (user(), Bucket::start());
    // The store tells back everything that it was asked with, the token among it.
    bucket.shelf().refuses = true;
    let refused = told(&user, &bucket, &["publish", PLACE, "--unsigned"]);
    assert!(refused.code == 1 && refused.err.contains("AccessDenied"), "{}", refused.err);
    assert!(bucket.shelf().headers.contains("planted-session-token"));
    let bare = user.run(&["publish", PLACE, "--unsigned"]);
    assert!(bare.code == 1 && bare.err.contains("AWS_ACCESS_KEY_ID"), "{}", bare.err);
    let mut plain = user.command(&["publish", PLACE, "--unsigned"]);
    let plain = ran(plain.envs(bucket.environment()).env_remove("AWS_ALLOW_HTTP").output().unwrap());
    assert!(plain.code == 1 && plain.err.contains("AWS_ALLOW_HTTP"), "{}", plain.err);
    for place in ["gs://lake/a", "s3://planted-id:planted-key@lake/a", "s3://lake/../a"] {
        let ran = told(&user, &bucket, &["publish", place, "--unsigned"]);
        assert!(ran.code == 1 && ran.err.contains("no place"), "{place}: {}", ran.err);
    }
    // A folder may be named as an address, too.
    let folder = format!("file://{}", user.home().join("folder").display());
    assert_eq!(user.run(&["publish", &folder, "--unsigned"]).code, 0);
    assert!(user.home().join("folder/snapshot.json").exists());
    let database = user.home().join("taken.db");
    assert_eq!(user.run(&["--db", database.to_str().unwrap(), "import", &folder, "--unsigned"]).code, 0);
}

/// Options of a crawl that shares its archives with others.
fn sharing(mirror: &Mirror, folder: &Path) -> Options {
    Options { archives: Some(Arc::new(Archives::open(folder).unwrap())), ..with_both(mirror) }
}

#[test]
fn an_archive_that_another_crawler_has_fetched_is_not_fetched_again() {
    let (mirror, store) = (Mirror::start(), tempfile::tempdir().unwrap());
    npm(&mirror, "kiln", npm_dist(&mirror));
    pypi(&mirror, false, &sha256_hex(&wheel()));
    let words = ["npm:kiln", "pypi:kiln"];
    let first = run(&words, &sharing(&mirror, store.path()));
    assert_eq!((first.report.archives.taken, first.report.archives.kept), (0, 2));
    let archives = ["/kiln-1.2.0.tgz", "/files/kiln-1.2.0-py3-none-any.whl"];
    let fetched = || archives.map(|target| mirror.targets().iter().filter(|asked| *asked == target).count());
    assert_eq!(fetched(), [1, 1]);
    // Another crawler: the index is asked, the archives are not.
    for target in archives {
        mirror.on(target, Reply::status(500));
    }
    let second = run(&words, &sharing(&mirror, store.path()));
    assert_read(second.of("npm:kiln"), &tarball());
    assert_read(second.of("pypi:kiln"), &wheel());
    assert_eq!((second.report.archives.taken, second.report.archives.kept), (2, 0));
    assert_eq!(fetched(), [1, 1]);
}

#[test]
fn what_lies_under_the_name_of_an_archive_and_is_another_is_refused_and_mended() {
    let (mirror, store) = (Mirror::start(), tempfile::tempdir().unwrap());
    npm(&mirror, "kiln", npm_dist(&mirror));
    run(&["npm:kiln"], &sharing(&mirror, store.path()));
    let shelf = std::fs::read_dir(store.path().join("archives/sha512")).unwrap().next().unwrap().unwrap().path();
    let object = std::fs::read_dir(shelf).unwrap().next().unwrap().unwrap().path();
    for planted in [wheel(), Vec::new(), [tarball(), vec![0]].concat()] {
        std::fs::write(&object, planted).unwrap();
        let crawled = run(&["npm:kiln"], &sharing(&mirror, store.path()));
        assert_read(crawled.of("npm:kiln"), &tarball());
        assert!(crawled.report.archives.problems[0].contains("was refused"), "{:?}", crawled.report.archives);
        assert_eq!((crawled.report.archives.taken, crawled.report.archives.kept), (0, 1));
        assert_eq!(std::fs::read(&object).unwrap(), tarball());
    }
    // A store that cannot be had costs the fetch, and nothing else.
    std::fs::remove_dir_all(store.path()).unwrap();
    std::fs::write(store.path(), "no folder").unwrap();
    let crawled = run(&["npm:kiln"], &sharing(&mirror, store.path()));
    assert_read(crawled.of("npm:kiln"), &tarball());
    assert!(!crawled.report.archives.problems.is_empty());
}

#[test]
fn crawlers_share_their_archives_in_a_bucket() {
    let (mirror, bucket) = (Mirror::start(), Bucket::start());
    npm(&mirror, "kiln", npm_dist(&mirror));
    for (user, wanted) in
        [(User::new(), "0 taken from the shared store, 1 kept"), (User::new(), "1 taken from the shared store, 0 kept")]
    {
        let registry = mirror.url("/").to_string();
        let words = ["crawl", "npm:kiln", "--npm-registry", &registry, "--archives", PLACE, "--allow-private"];
        let ran = told(&user, &bucket, &words);
        assert!(ran.code == 0 && ran.err.contains(wanted), "{}", ran.err);
    }
    assert_eq!(mirror.targets().iter().filter(|target| target.ends_with(".tgz")).count(), 1);
    assert!(bucket.keys("a/b/archives/sha512/").len() == 1);
}

#[test]
fn the_examples_of_the_documentation_are_answered_by_duckdb_as_by_the_database() {
    let user = User::new();
    user.done(&["crawl", "sample"]);
    user.done(&["publish", "snapshot", "--unsigned"]);
    // A snapshot before this one, whose files still lie there.
    let left = user.home().join("snapshot/tools/risk=low").join(format!("{}.parquet", "0".repeat(64)));
    std::fs::write(left, "of another moment").unwrap();
    let tests = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lake/examples.py");
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/lake.md");
    let answered = std::process::Command::new("python3").args([tests, page]).current_dir(user.home()).output().unwrap();
    let answered = ran(answered);
    if answered.code == 77 {
        eprintln!("skipped: {}", answered.err);
        return;
    }
    let answers: Vec<Vec<Vec<serde_json::Value>>> =
        serde_json::from_str(&answered.out).unwrap_or_else(|error| panic!("{error}: {}", answered.err));
    let [_, risks, critical, destructive, outcomes] = &answers[..] else { panic!("{answers:?}") };
    let database = rusqlite::Connection::open(user.database()).unwrap();
    let count = |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap().unsigned_abs();
    assert_eq!(risks.len(), 4, "{risks:?}");
    for row in risks {
        let sql = format!("SELECT count(*) FROM verdicts_current WHERE risk = '{}'", row[0].as_str().unwrap());
        assert_eq!(row[1].as_u64().unwrap(), count(&sql), "{row:?}");
    }
    let of_critical: u64 = critical.iter().map(|row| row[1].as_u64().unwrap()).sum();
    assert_eq!(of_critical, count("SELECT count(*) FROM verdicts_current WHERE risk = 'critical'"));
    assert!(!destructive.is_empty() && destructive.iter().all(|row| row[2] == "object"), "{destructive:?}");
    let attempts: u64 = outcomes.iter().map(|row| row[1].as_u64().unwrap()).sum();
    assert_eq!(attempts, count("SELECT count(*) FROM attempt"));
}
