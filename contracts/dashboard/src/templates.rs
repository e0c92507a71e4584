//! Dashboards that come with the contract, as data: twelve columns, over any one contract.
//!
//! Metrics are the dictionary's, except those of the last two templates, which say in
//! [`DashboardTemplate`] what the contract has to record. Calls are counted by `failed`, of which
//! every execution has one sample.
//!
//! A widget takes six bytes of wasm and its words, which are shared: a table of structs with
//! strings would take 1.3 KB more.

use lumenscope_interfaces::alerting::RuleStatistic;
use lumenscope_interfaces::dashboard::{DashboardTemplate, POINTS_DEFAULT, Widget, WidgetKind};
use soroban_sdk::{Env, String, Symbol};

use RuleStatistic::{Average, Count, ErrorRatio, Last, Maximum, Sum};
use WidgetKind::{AlertList, Bar, Gauge, Heatmap, Line, Pie, Stat, Table};

/// Columns of every template.
pub const TEMPLATE_COLUMNS: u32 = 12;
/// Rows of every template.
pub const TEMPLATE_ROWS: u32 = 14;

/// Nothing, the templates' names in their order, titles, functions and metrics, each once and each
/// after a bar.
const WORDS: &str = "||Executive|Technical|Business|Security|Oracle|Insurance\
    |Calls|failed|Failed calls|Fees|fee_non_refundable|Rent|fee_rent|Alerts\
    |Instructions|instructions|Entries written|entries_written|Bytes written|bytes_written\
    |Time|time_us|Event bytes|event_bytes|Price|price|Deviation|deviation|Age|age\
    |Premiums|premium|Payouts|payout|Claims|amount|Time to settle|waited|settle|file_claim";
const WORDS_COUNT: usize = count(WORDS.as_bytes());
/// Where each word begins, and where the last one ends.
const WORD_STARTS: [u16; WORDS_COUNT + 1] = word_starts();

/// What can be drawn and which figure, by the numbers that a draft holds.
const KINDS: [WidgetKind; 8] = [Line, Bar, Pie, Gauge, Stat, Table, Heatmap, AlertList];
const STATISTICS: [RuleStatistic; 6] = [Average, Sum, Maximum, Count, Last, ErrorRatio];

/// A widget: kind and statistic, x and width, y and height, two to a byte; title, function and
/// metric as words. No function: all of them. No metric: alerts.
#[derive(Clone, Copy)]
pub struct Draft([u8; 6]);

const DRAFTS: [Draft; 45] = [
    // Executive
    draft(Stat, [0, 0, 3, 2], "Calls", "", "failed", Count),
    draft(Stat, [3, 0, 3, 2], "Failed calls", "", "failed", ErrorRatio),
    draft(Stat, [6, 0, 3, 2], "Fees", "", "fee_non_refundable", Sum),
    draft(Stat, [9, 0, 3, 2], "Rent", "", "fee_rent", Sum),
    draft(Line, [0, 2, 8, 3], "Calls", "", "failed", Count),
    draft(Pie, [8, 2, 4, 3], "Fees", "", "fee_non_refundable", Sum),
    draft(AlertList, [0, 5, 12, 3], "Alerts", "", "", Count),
    // Technical
    draft(Line, [0, 0, 6, 3], "Instructions", "", "instructions", Average),
    draft(Line, [6, 0, 6, 3], "Instructions", "", "instructions", Maximum),
    draft(Bar, [0, 3, 6, 3], "Entries written", "", "entries_written", Sum),
    draft(Bar, [6, 3, 6, 3], "Bytes written", "", "bytes_written", Sum),
    draft(Table, [0, 6, 6, 3], "Instructions", "", "instructions", Maximum),
    draft(Heatmap, [6, 6, 6, 3], "Time", "", "time_us", Average),
    draft(Gauge, [0, 9, 3, 3], "Failed calls", "", "failed", ErrorRatio),
    draft(AlertList, [3, 9, 9, 3], "Alerts", "", "", Count),
    // Business
    draft(Bar, [0, 0, 6, 3], "Calls", "", "failed", Count),
    draft(Pie, [6, 0, 6, 3], "Calls", "", "failed", Count),
    draft(Line, [0, 3, 6, 3], "Fees", "", "fee_non_refundable", Average),
    draft(Table, [6, 3, 6, 3], "Fees", "", "fee_non_refundable", Sum),
    draft(Stat, [0, 6, 6, 2], "Failed calls", "", "failed", ErrorRatio),
    draft(Stat, [6, 6, 6, 2], "Rent", "", "fee_rent", Sum),
    // Security
    draft(AlertList, [0, 0, 12, 3], "Alerts", "", "", Count),
    draft(Line, [0, 3, 6, 3], "Failed calls", "", "failed", Sum),
    draft(Table, [6, 3, 6, 3], "Failed calls", "", "failed", Sum),
    draft(Line, [0, 6, 6, 3], "Instructions", "", "instructions", Maximum),
    draft(Bar, [6, 6, 6, 3], "Entries written", "", "entries_written", Maximum),
    draft(Stat, [0, 9, 12, 2], "Event bytes", "", "event_bytes", Maximum),
    // Oracle
    draft(Line, [0, 0, 8, 4], "Price", "", "price", Last),
    draft(Stat, [8, 0, 4, 2], "Price", "", "price", Last),
    draft(Gauge, [8, 2, 4, 2], "Deviation", "", "deviation", Maximum),
    draft(Line, [0, 4, 6, 3], "Deviation", "", "deviation", Maximum),
    draft(Bar, [6, 4, 6, 3], "Age", "", "age", Maximum),
    draft(Table, [0, 7, 6, 3], "Price", "", "price", Last),
    draft(AlertList, [6, 7, 6, 3], "Alerts", "", "", Count),
    // Insurance
    draft(Stat, [0, 0, 3, 2], "Premiums", "", "premium", Sum),
    draft(Stat, [3, 0, 3, 2], "Payouts", "settle", "payout", Sum),
    draft(Stat, [6, 0, 3, 2], "Claims", "file_claim", "amount", Count),
    draft(Gauge, [9, 0, 3, 2], "Failed calls", "", "failed", ErrorRatio),
    draft(Bar, [0, 2, 6, 3], "Premiums", "", "premium", Sum),
    draft(Bar, [6, 2, 6, 3], "Payouts", "settle", "payout", Sum),
    draft(Line, [0, 5, 6, 3], "Claims", "file_claim", "amount", Average),
    draft(Line, [6, 5, 6, 3], "Time to settle", "settle", "waited", Average),
    draft(Pie, [0, 8, 4, 3], "Calls", "", "failed", Count),
    draft(Table, [4, 8, 8, 3], "Instructions", "", "instructions", Average),
    draft(AlertList, [0, 11, 12, 3], "Alerts", "", "", Count),
];
/// Where the drafts of each template begin, and where the last one's end.
const TEMPLATE_STARTS: [u8; 7] = [0, 7, 15, 21, 27, 34, DRAFTS.len() as u8];

/// A template's name and widgets.
pub fn template(template: DashboardTemplate) -> (&'static str, &'static [Draft]) {
    let number = template as usize;
    let bounds = TEMPLATE_STARTS.get(number).zip(TEMPLATE_STARTS.get(number + 1));
    let drafts = bounds.and_then(|(start, end)| DRAFTS.get(*start as usize..*end as usize));
    // Word 0 is the empty one.
    (word(number as u8 + 1), drafts.unwrap_or_default())
}

impl Draft {
    pub fn widget(&self, e: &Env) -> Widget {
        let Draft([what, across, down, title, function, metric]) = *self;
        let (high, low) = (|byte: u8| u32::from(byte >> 4), |byte: u8| u32::from(byte & 15));
        Widget {
            kind: KINDS[usize::from(what >> 4)],
            x: high(across),
            y: high(down),
            width: low(across),
            height: low(down),
            title: String::from_str(e, word(title)),
            contract: None,
            function: symbol(e, function),
            subject: None,
            metric: symbol(e, metric),
            statistic: STATISTICS[usize::from(what & 15)],
            max_points: POINTS_DEFAULT,
        }
    }
}

fn symbol(e: &Env, number: u8) -> Option<Symbol> {
    (number != 0).then(|| Symbol::new(e, word(number)))
}

fn word(number: u8) -> &'static str {
    let number = usize::from(number);
    let bounds = WORD_STARTS.get(number).zip(WORD_STARTS.get(number + 1));
    bounds
        .and_then(|(start, end)| WORDS.get(usize::from(*start)..usize::from(*end) - 1))
        .unwrap_or_default()
}

const fn draft(
    kind: WidgetKind,
    [x, y, width, height]: [u8; 4],
    title: &str,
    function: &str,
    metric: &str,
    statistic: RuleStatistic,
) -> Draft {
    assert!(x < 16 && y < 16 && width < 16 && height < 16, "a place is in half bytes");
    let (mut kind_number, mut statistic_number) = (0, 0);
    while KINDS[kind_number] as u32 != kind as u32 {
        kind_number += 1;
    }
    while STATISTICS[statistic_number] as u32 != statistic as u32 {
        statistic_number += 1;
    }
    Draft([
        (kind_number << 4 | statistic_number) as u8,
        x << 4 | width,
        y << 4 | height,
        number_of(title),
        number_of(function),
        number_of(metric),
    ])
}

const fn count(words: &[u8]) -> usize {
    let (mut at, mut bars) = (0, 0);
    while at < words.len() {
        bars += (words[at] == b'|') as usize;
        at += 1;
    }
    bars
}

const fn word_starts() -> [u16; WORDS_COUNT + 1] {
    let (words, mut starts) = (WORDS.as_bytes(), [0; WORDS_COUNT + 1]);
    let (mut at, mut number) = (0, 0);
    while at < words.len() {
        if words[at] == b'|' {
            starts[number] = at as u16 + 1;
            number += 1;
        }
        at += 1;
    }
    starts[number] = words.len() as u16 + 1;
    starts
}

/// The number of a word, found while compiling; an unknown one does not compile.
const fn number_of(word: &str) -> u8 {
    let (words, word) = (WORDS.as_bytes(), word.as_bytes());
    let mut number = 0;
    loop {
        let (start, end) = (WORD_STARTS[number] as usize, WORD_STARTS[number + 1] as usize - 1);
        let mut same = end - start == word.len();
        let mut at = 0;
        while same && at < word.len() {
            same = words[start + at] == word[at];
            at += 1;
        }
        if same {
            return number as u8;
        }
        number += 1;
    }
}
