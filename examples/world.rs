//! Serves a loopback world for trying the crawler: `cargo run --example world -- SERVERS [FAULTY-PERCENT [PORT]]`, then
//! crawl what it prints, with `--allow-private`.
#![allow(clippy::unwrap_used, reason = "an example that cannot go on should stop")]

#[path = "../tests/it/support/world.rs"]
mod world;

fn main() {
    let mut numbers = std::env::args().skip(1).map(|word| word.parse::<usize>().unwrap());
    let servers = numbers.next().unwrap_or(1_000);
    let faulty = numbers.next().unwrap_or(30);
    let port = u16::try_from(numbers.next().unwrap_or(0)).unwrap();
    let world = world::World::start(world::Plan { servers, faulty, ..world::Plan::default() }, port);
    println!("{}", world.registry());
    loop {
        std::thread::park();
    }
}
