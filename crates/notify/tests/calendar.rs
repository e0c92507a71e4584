//! Mute windows and rotations against models that ask every minute, and every second.

use std::collections::BTreeSet;

use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, civil::Time};
use lumenscope_notify::matcher::Matchers;
use lumenscope_notify::mute::MuteWindow;
use lumenscope_notify::on_call::{Override, Rotation, RotationSpec, Shift};
use lumenscope_notify::zone::Zone;
use proptest::prelude::*;

const ZONES: [&str; 5] =
    ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia"];

/// Around when clocks are turned, and where Samoa left a day out; unix seconds.
fn around() -> impl Strategy<Value = u64> {
    prop_oneof![
        3 => (1_806_195_600u64 - 100_000)..(1_806_195_600 + 100_000),
        3 => (1_824_944_400u64 - 100_000)..(1_824_944_400 + 100_000),
        2 => (1_804_921_200u64 - 100_000)..(1_804_921_200 + 100_000),
        2 => (1_825_567_200u64 - 100_000)..(1_825_567_200 + 100_000),
        1 => (1_325_239_200u64 - 100_000)..(1_325_239_200 + 100_000),
        1 => 1_700_000_000u64..1_900_000_000,
    ]
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// A window as data that the model reads on its own.
#[derive(Clone, Debug)]
struct Written {
    zone: &'static str,
    times: Vec<(u16, u16)>,
    weekdays: Vec<(usize, usize)>,
    days: Vec<(i8, i8)>,
    months: Vec<(i8, i8)>,
}

const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

fn written() -> impl Strategy<Value = Written> {
    let times = prop::collection::vec((0u16..1_440, 1u16..=1_440), 0..3)
        .prop_map(|times| times.into_iter().filter(|(from, to)| from != to).collect());
    let weekdays = prop::collection::vec((0usize..7, 0usize..7), 0..2);
    let day = prop_oneof![1i8..=31, -31i8..=-1];
    let days = prop::collection::vec((day.clone(), day), 0..2).prop_map(|days| {
        let in_order = |(first, last): &(i8, i8)| {
            if (*first < 0) == (*last < 0) { first <= last } else { *first > 0 }
        };
        days.into_iter().filter(in_order).collect()
    });
    let months = prop::collection::vec((1i8..=12, 1i8..=12), 0..2);
    (prop::sample::select(ZONES.to_vec()), times, weekdays, days, months).prop_map(
        |(zone, times, weekdays, days, months)| Written { zone, times, weekdays, days, months },
    )
}

fn read<T: std::str::FromStr<Err: std::fmt::Debug>>(texts: Vec<String>) -> Vec<T> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn window(written: &Written) -> MuteWindow {
    let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
    let times = written.times.iter().map(|(from, to)| format!("{}-{}", clock(*from), clock(*to)));
    let weekdays = written
        .weekdays
        .iter()
        .map(|(first, last)| format!("{}:{}", WEEKDAYS[*first], WEEKDAYS[*last]));
    let pair = |(first, last): &(i8, i8)| format!("{first}:{last}");
    MuteWindow {
        name: "window".to_owned(),
        matchers: Matchers::default(),
        zone: Zone::named(written.zone).unwrap(),
        times: read(times.collect()),
        weekdays: read(weekdays.collect()),
        days_of_month: read(written.days.iter().map(pair).collect()),
        months: read(written.months.iter().map(pair).collect()),
    }
}

/// Every local minute that the window holds, of the local days given: a calendar filled in by hand.
fn minutes(written: &Written, days: &[jiff::civil::Date]) -> BTreeSet<(jiff::civil::Date, u16)> {
    let around = |first: usize, last: usize, length: usize, at: usize| {
        (0..length)
            .map(|step| (first + step) % length)
            .take_while(|day| *day != last)
            .any(|day| day == at)
            || at == last
    };
    let mut held = BTreeSet::new();
    for day in days {
        let weekday = day.weekday().to_monday_zero_offset() as usize;
        let in_week = written.weekdays.is_empty()
            || written.weekdays.iter().any(|(first, last)| around(*first, *last, 7, weekday));
        let of_month = |(first, last): &(i8, i8)| {
            let listed: Vec<i8> = (1..=day.days_in_month()).collect();
            let place = |day: i8| {
                if day > 0 { i32::from(day) - 1 } else { listed.len() as i32 + i32::from(day) }
            };
            let at = i32::from(day.day()) - 1;
            place(*first) <= at && at <= place(*last)
        };
        let in_month = written.days.is_empty() || written.days.iter().any(of_month);
        let month = day.month() as usize - 1;
        let in_year = written.months.is_empty()
            || written
                .months
                .iter()
                .any(|(first, last)| around(*first as usize - 1, *last as usize - 1, 12, month));
        if !(in_week && in_month && in_year) {
            continue;
        }
        let whole = [(0, 1_440)];
        let times = if written.times.is_empty() { &whole[..] } else { &written.times };
        for (from, to) in times {
            let length = if to > from { to - from } else { 1_440 - from + to };
            for minute in (*from..).take(length.into()) {
                let next = day.tomorrow().unwrap();
                let day = if minute < 1_440 { *day } else { next };
                held.insert((day, minute % 1_440));
            }
        }
    }
    held
}

fn zone(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).unwrap()
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn a_window_holds_the_minutes_of_a_calendar_filled_in_by_hand(
        written in written(), at_s in around(),
    ) {
        let (window, zone) = (window(&written), zone(written.zone));
        let start_s = at_s - at_s % 60;
        let local = |at_s: u64| {
            let at = zone.to_datetime(Timestamp::from_second(at_s as i64).unwrap());
            (at.date(), at.hour() as u16 * 60 + at.minute() as u16)
        };
        let first = local(start_s).0.yesterday().unwrap();
        let days: Vec<_> = first.series(jiff::Span::new().days(1)).take(6).collect();
        let held = minutes(&written, &days);
        // Three days, minute by minute; the end as the first minute that is not held.
        let expected: Vec<bool> =
            (0..3 * 1_440).map(|minute| held.contains(&local(start_s + minute * 60))).collect();
        for (minute, expected) in expected.iter().enumerate() {
            let now_s = start_s + minute as u64 * 60;
            prop_assert_eq!(window.holds(now_s), *expected, "{:?}", local(now_s));
            prop_assert_eq!(window.holds(now_s + 59), *expected);
        }
        let mut end = None;
        for (minute, is_held) in expected.iter().enumerate().rev() {
            let now_s = start_s + minute as u64 * 60;
            if !*is_held {
                end = Some(now_s);
            } else if minute.is_multiple_of(97) || end == Some(now_s + 60) {
                match (window.ends_s(now_s + 30), end) {
                    (found, Some(_)) => prop_assert_eq!(found, end),
                    (found, None) => prop_assert!(found.is_none_or(|at| at > start_s + 3 * 86_340)),
                }
            }
        }
    }
}

fn rotation() -> impl Strategy<Value = Rotation> {
    let shift = prop_oneof![
        prop::sample::select(vec![1u32, 2, 3, 4, 6, 8, 12]).prop_map(Shift::Hours),
        (1u32..=28).prop_map(Shift::Days),
        (1u32..=4).prop_map(Shift::Weeks),
    ];
    let overrides = prop::collection::vec((1u64..40_000, 1u64..40_000), 0..4);
    (
        prop::sample::select(ZONES.to_vec()),
        1usize..5,
        shift,
        0u16..1_440,
        (2_010i16..2_027, 1i8..=12, 1i8..=28),
        around(),
        overrides,
    )
        .prop_map(|(zone, members, shift, minute, (year, month, day), at_s, overrides)| {
            let mut from_s = at_s - 50_000;
            let overrides = overrides
                .into_iter()
                .enumerate()
                .map(|(at, (wait_s, length_s))| {
                    let to_s = from_s + wait_s + length_s;
                    let of = Override { from_s: from_s + wait_s, to_s, who: format!("o{at}") };
                    from_s = to_s;
                    of
                })
                .collect();
            let time = Time::new((minute / 60) as i8, (minute % 60) as i8, 0, 0).unwrap();
            Rotation::new(RotationSpec {
                name: "pool".to_owned(),
                members: (0..members).map(|at| format!("m{at}")).collect(),
                shift,
                handover: time.strftime("%H:%M").to_string().parse().unwrap(),
                zone: Zone::named(zone).unwrap(),
                start: jiff::civil::date(year, month, day),
                overrides,
            })
            .unwrap()
        })
}

proptest! {
    #![proptest_config(config(200))]

    #[test]
    fn every_second_has_one_person_and_turns_follow_each_other(
        rotation in rotation(), at_s in around(),
    ) {
        let (mut now_s, end_s) = (at_s, at_s + 14 * 86_400);
        while now_s < end_s {
            let span = rotation.on_call(now_s);
            let until_s = span.until_s.unwrap_or(u64::MAX);
            prop_assert!(until_s > now_s, "it ends after it is asked for");
            // Within the span everybody who asks hears the same.
            let last_s = until_s.min(end_s) - 1;
            for inside_s in [now_s + 1, now_s + (last_s - now_s) / 2, last_s] {
                if inside_s <= last_s {
                    prop_assert_eq!(&rotation.on_call(inside_s), &span, "{}", inside_s);
                }
            }
            let Some(next_s) = span.until_s else { break };
            if let Some(handover) = rotation.next_handover(now_s) {
                prop_assert!(handover.at_s >= next_s && handover.to != handover.from);
                prop_assert_eq!(&rotation.on_call(handover.at_s).who, &handover.to);
                prop_assert_eq!(&rotation.on_call(handover.at_s - 1).who, &handover.from);
            }
            now_s = next_s;
        }
    }

    #[test]
    fn daily_turns_begin_at_the_same_local_time_wherever_it_comes(
        zone_name in prop::sample::select(ZONES.to_vec()), minute in 0u16..1_440, at_s in around(),
    ) {
        let time = Time::new((minute / 60) as i8, (minute % 60) as i8, 0, 0).unwrap();
        let rotation = Rotation::new(RotationSpec {
            name: "pool".to_owned(),
            members: vec!["anna".to_owned(), "bert".to_owned()],
            shift: Shift::Days(1),
            handover: time.strftime("%H:%M").to_string().parse().unwrap(),
            zone: Zone::named(zone_name).unwrap(),
            start: jiff::civil::date(2_010, 1, 1),
            overrides: Vec::new(),
        })
        .unwrap();
        let until_s = rotation.on_call(at_s).until_s.unwrap();
        let zone = zone(zone_name);
        let at = Timestamp::from_second(until_s as i64).unwrap();
        let local = zone.to_datetime(at);
        // Unless the clocks were just turned over it.
        let is_turn = zone.preceding(at + jiff::SignedDuration::from_secs(1)).next();
        let is_turn = is_turn.is_some_and(|turn| turn.timestamp() == at);
        prop_assert!(local.time() == time || is_turn);
        prop_assert!(until_s - at_s <= 2 * 86_400 + 3_600);
    }
}
