//! Time passes on the scene's held clock.

use std::time::Duration;

use cucumber::{given, when};

use crate::world::{Said, World};

#[when(expr = "{int} second passes")]
#[when(expr = "{int} seconds pass")]
#[given(expr = "{int} seconds have passed")]
async fn seconds(world: &mut World, n: u64) -> Said {
    pass(world, n).await
}

#[when(expr = "{int} minutes pass")]
async fn minutes(world: &mut World, n: u64) -> Said {
    pass(world, n * 60).await
}

#[when(expr = "{int} hour passes")]
#[when(expr = "{int} hours pass")]
async fn hours(world: &mut World, n: u64) -> Said {
    pass(world, n * 3600).await
}

#[when(expr = "{int} days pass")]
async fn days(world: &mut World, n: u64) -> Said {
    pass(world, n * 86_400).await
}

async fn pass(world: &mut World, s: u64) -> Said {
    world.advance(Duration::from_secs(s)).await
}
