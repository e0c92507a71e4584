//! What the branches of recording are apart.

use anyhow::Result;
use lumenscope_tests::costs::spreads;

#[test]
fn the_branches_of_recording_take_about_the_same_work() -> Result<()> {
    for spread in spreads()? {
        println!("{spread:?}");
    }
    Ok(())
}
