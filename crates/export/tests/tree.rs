//! The tree against its definition, the published example, and everything that is not a proof.

use lumenscope_export::{
    CHUNK_BYTES, CHUNKS_MAX, Hash, PROOF_HASHES_MAX, chunks, proof, root, verify,
};
use proptest::prelude::*;
use serde_json::Value;
use sha2::Digest as _;

fn sha256(bytes: &[u8]) -> Hash {
    sha2::Sha256::digest(bytes).into()
}

fn hashes(count: u32) -> Vec<Hash> {
    (0..count).map(|chunk| sha256(&chunk.to_be_bytes())).collect()
}

/// The root level by level, from the leaves up: a last node without a neighbour rises.
fn by_levels(chunk_hashes: &[Hash]) -> Hash {
    let count = chunk_hashes.len() as u32;
    let leaves = chunk_hashes.iter().zip(0_u32..).map(|(hash, index)| {
        sha256(&[&[0][..], &count.to_be_bytes(), &index.to_be_bytes(), hash].concat())
    });
    let mut level: Vec<Hash> = leaves.collect();
    while level.len() > 1 {
        let pairs = level.chunks(2).map(|pair| match pair {
            [left, right] => sha256(&[&[1][..], left, right].concat()),
            alone => alone[0],
        });
        level = pairs.collect();
    }
    level[0]
}

#[test]
fn a_file_is_cut_into_megabytes() {
    for (bytes, expected) in [
        (0, Some(1)),
        (1, Some(1)),
        (CHUNK_BYTES, Some(1)),
        (CHUNK_BYTES + 1, Some(2)),
        (CHUNK_BYTES * u64::from(CHUNKS_MAX), Some(CHUNKS_MAX)),
        (CHUNK_BYTES * u64::from(CHUNKS_MAX) + 1, None),
        (u64::MAX, None),
    ] {
        assert_eq!(chunks(bytes), expected, "{bytes}");
    }
}

#[test]
fn the_root_is_that_of_the_definition_and_every_chunk_can_be_proven() {
    for count in 1..=130 {
        let all = hashes(count);
        let top = root(sha256, &all).expect("a root");
        assert_eq!(top, by_levels(&all), "{count}");
        for index in 0..count {
            let proof = proof(sha256, &all, index).expect("a proof");
            let beside = proof.hashes().iter().copied();
            assert!(verify(sha256, &top, count, index, &all[index as usize], beside), "{index}");
        }
        assert_eq!(proof(sha256, &all, count), None);
    }
}

#[test]
fn the_largest_file_has_the_longest_proof_and_a_larger_one_none() {
    let mut all = hashes(CHUNKS_MAX);
    let top = root(sha256, &all).expect("a root");
    for index in [0, 1, CHUNKS_MAX / 2, CHUNKS_MAX - 1] {
        let proof = proof(sha256, &all, index).expect("a proof");
        assert_eq!(proof.hashes().len(), PROOF_HASHES_MAX);
        let beside = proof.hashes().iter().copied();
        assert!(verify(sha256, &top, CHUNKS_MAX, index, &all[index as usize], beside));
    }
    all.push([0; 32]);
    assert_eq!(root(sha256, &all), None);
    assert_eq!(proof(sha256, &all, 0), None);
    assert_eq!(root(sha256, &[]), None);
    assert_eq!(proof(sha256, &[], 0), None);
}

#[test]
fn a_node_is_no_chunk() {
    let all = hashes(4);
    let top = root(sha256, &all).expect("a root");
    let inner = proof(sha256, &all, 0).expect("a proof").hashes()[1];
    let left = proof(sha256, &all, 2).expect("a proof").hashes()[1];
    // The tree of four as one of two chunks, whose hashes are its inner nodes.
    assert!(!verify(sha256, &top, 2, 0, &left, [inner]));
    assert!(!verify(sha256, &top, 1, 0, &top, []));
    // A file of no chunk has none.
    assert!(!verify(sha256, &top, 0, 0, &top, []));
}

#[test]
fn a_proof_is_as_long_as_the_tree_is_high_whatever_somebody_commits_as_root() {
    let chunk_hash = sha256(b"chunk");
    let leaf = [&[0][..], &2_u32.to_be_bytes(), &0_u32.to_be_bytes(), &chunk_hash].concat();
    // A root that is a leaf, of what is said to be two chunks.
    assert!(!verify(sha256, &sha256(&leaf), 2, 0, &chunk_hash, []));
}

/// The vector is published: no program that verifies may ever have to change.
#[test]
fn the_tree_is_as_it_was_published() {
    const PUBLISHED: &str = include_str!("../../../docs/vectors/export.json");
    let vector: Value = serde_json::from_str(PUBLISHED).expect("JSON");
    let hash = |value: &Value| -> Hash {
        let bytes = hex::decode(value.as_str().expect("a text")).expect("hexadecimal");
        bytes.try_into().expect("32 bytes")
    };
    let list = |value: &Value| value.as_array().expect("a list").iter().map(hash).collect();
    for file in vector["files"].as_array().expect("files") {
        let all: Vec<Hash> = list(&file["chunk_hashes"]);
        let contents = file["chunk_contents"].as_array().expect("contents");
        for (content, expected) in contents.iter().zip(&all) {
            assert_eq!(sha256(content.as_str().expect("a text").as_bytes()), *expected);
        }
        let top = hash(&file["root"]);
        assert_eq!(root(sha256, &all), Some(top));
        for (index, published) in (0..).zip(file["proofs"].as_array().expect("proofs")) {
            let published: Vec<Hash> = list(published);
            assert_eq!(proof(sha256, &all, index).expect("a proof").hashes(), published);
            let count = all.len() as u32;
            assert!(verify(sha256, &top, count, index, &all[index as usize], published));
        }
    }
}

/// What is proven, and with what.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Claim {
    count: u32,
    index: u32,
    chunk_hash: Hash,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_proof_verifies_if_and_only_if_it_is_of_that_chunk(
        count in 1..70_u32,
        index in any::<prop::sample::Index>(),
        other_count in 0..70_u32,
        other_index in any::<u32>(),
        bit in 0..256_usize,
        node in any::<prop::sample::Index>(),
        what in 0..8,
    ) {
        let index = index.index(count as usize) as u32;
        let all = hashes(count);
        let top = root(sha256, &all).expect("a root");
        let right = Claim { count, index, chunk_hash: all[index as usize] };
        let (mut claim, mut sent) = (right, top);
        let proven = proof(sha256, &all, index).expect("a proof");
        let mut beside = proven.hashes().to_vec();
        let flip = |hash: &mut Hash| hash[bit / 8] ^= 1 << (bit % 8);
        match what {
            1 => claim.count = other_count,
            2 => claim.index = other_index % (2 * count),
            3 => flip(&mut claim.chunk_hash),
            4 => flip(&mut sent),
            5 if !beside.is_empty() => {
                let node = node.index(beside.len());
                flip(&mut beside[node]);
            }
            6 => { beside.pop(); }
            7 => beside.push(claim.chunk_hash),
            _ => {}
        }
        let is_right = claim == right && sent == top && beside == proven.hashes();
        let Claim { count, index, chunk_hash } = claim;
        prop_assert_eq!(verify(sha256, &sent, count, index, &chunk_hash, beside), is_right);
    }
}
