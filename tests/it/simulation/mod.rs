//! A seeded simulation of the service's rules: who has a conversation, the queue, cases, their clocks, the outbox. Two replicas read,
//! think, and commit in any order; they crash, clients send twice, clocks jump. `YINGDA_SEED` repeats a run, `YINGDA_STEPS` sets its length.

mod invariants;
mod queue;
mod world;

use world::World;

const STEPS: usize = 100_000;

/// How often everything is looked at.
const LOOK_EVERY: usize = 2_500;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled_whatever_crashes_and_in_whatever_order() {
    let seed = number("YINGDA_SEED").unwrap_or_else(|| fastrand::u64(..));
    let n_steps = number("YINGDA_STEPS").map_or(STEPS, |steps| steps as usize);
    println!("YINGDA_SEED={seed}");
    let mut world = World::new(seed);
    for step in 1..=n_steps {
        world.step();
        if step % LOOK_EVERY == 0 {
            invariants::hold(&world);
        }
    }
    world.settle();
    invariants::hold(&world);
    invariants::hold_at_rest(&world);
    let counts = &world.counts;
    println!("{n_steps} steps: {counts:?}");
    // A run in which nothing happened would hold everything.
    assert!(
        n_steps < STEPS || counts.acknowledged > 2_000 && counts.conflicts > 200 && counts.crashes > 100,
        "{counts:?}"
    );
    assert!(n_steps < STEPS || counts.repeated > 200 && counts.claims > 200 && counts.late > 20, "{counts:?}");
}
