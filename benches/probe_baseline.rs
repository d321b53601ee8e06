//! What the bench of the probe is compared with, as others have it: with the allocator of the system. Run by that bench.

#[path = "probe/load.rs"]
mod load;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if load::run(&words.iter().map(String::as_str).collect::<Vec<_>>()).is_none() {
        eprintln!("this is a part of `cargo bench --bench probe`");
    }
}
