//! The file that a team writes: what it gives, and what is said of each mistake.

use lumenscope_notify::Config;
use lumenscope_notify::config::{CONFIG_BYTES_MAX, ConfigFault};

const GUIDE: &str = include_str!("../../../docs/guides/notifications.md");

/// The guide's file.
fn example() -> &'static str {
    let (_, from) = GUIDE.split_once("```toml\n").expect("an example");
    from.split_once("```").expect("its end").0
}

/// A file with one owner.
fn parse(of_owner: &str) -> Result<Config, ConfigFault> {
    Config::parse(&format!("[[owner]]\naddress = \"GA\"\n{of_owner}"))
}

fn taken(of_owner: &str) -> Config {
    parse(of_owner).unwrap_or_else(|fault| panic!("{of_owner}: {fault}"))
}

/// What is said about a file with one owner.
fn refused(of_owner: &str) -> String {
    parse(of_owner).expect_err("it is wrong").to_string()
}

#[test]
fn the_guide_s_example_is_a_file_with_every_part() {
    let config = Config::parse(example()).unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(config.global_silences().len(), 1);
    let [owner] = config.owners() else { panic!("one owner") };
    assert_eq!(owner.silences().len(), 2);
    assert_eq!(owner.inhibitions().as_slice().len(), 2);
    assert_eq!(owner.mute_windows().len(), 2);
    let composites = owner.composites();
    assert_eq!(composites.as_slice().len(), 3);
    assert_eq!(composites.order(), [1, 0, 2], "the second is a member of the first");
    assert_eq!(owner.routes().len(), 3);
    assert_eq!(owner.rotations().len(), 2);
    let pool = owner.rotation("pool").expect("a rotation");
    // 2027-01-15T12:00Z, and a day before.
    assert_eq!(pool.on_call(1_800_014_400).who, "dora");
    assert_eq!(pool.on_call(1_800_014_400 - 86_400).who, "bert");
    assert_eq!(owner.rule_limit().map(|limit| limit.messages), Some(6));
    assert_eq!(owner.owner_limit().map(|limit| limit.within_s), Some(3_600));
}

#[test]
fn an_empty_file_decides_nothing() {
    assert_eq!(Config::parse(""), Ok(Config::default()));
}

#[test]
fn what_is_no_toml_or_not_of_this_form_is_shown_where_it_is() {
    let fault = Config::parse("[[owner]\n").unwrap_err().to_string();
    assert!(fault.contains("line 1"), "{fault}");
    for (text, path, said) in [
        ("colour = 1", "owner[0].colour", "unknown field `colour`"),
        ("[[owner.silence]]\nid = 5", "owner[0].silence[0].id", "expected a string"),
        ("[[owner.mute]]\nname = \"n\"", "owner[0].mute[0]", "missing field `zone`"),
        ("[owner.rate]\nteam = 5", "owner[0].rate.team", "unknown field `team`"),
        (
            "[owner.rate]\nrule = { messages = -1, within_s = 60 }",
            "owner[0].rate.rule.messages",
            "-1",
        ),
    ] {
        let fault = refused(text);
        assert!(fault.starts_with(path) && fault.contains(said), "{fault}");
    }
}

#[test]
fn a_wrong_field_is_named_by_its_path() {
    const SILENCE: &str = "[[owner.silence]]\nid = \"s\"\nauthor = \"anna\"\n\
        matchers = ['team=a', 'x=y']\nstarts = 2027-01-15T18:00:00Z\nends = 2027-01-15T19:00:00Z\n";
    const MUTE: &str = "[[owner.mute]]\nname = \"m\"\nzone = \"UTC\"\ntimes = [\"01:00-02:00\"]\n\
        weekdays = [\"monday\"]\ndays_of_month = [\"1\"]\nmonths = [\"1\"]\n";
    const ROTATION: &str = "[[owner.rotation]]\nname = \"r\"\nmembers = [\"anna\", \"bert\"]\n\
        shift = { weeks = 1 }\nhandover = \"09:00\"\nzone = \"UTC\"\nstart = 2027-01-04\n\
        [[owner.rotation.override]]\nfrom = 2027-01-15T08:00:00Z\nto = 2027-01-17T08:00:00Z\n\
        who = \"dora\"\n";
    const INHIBITION: &str = "[[owner.inhibition]]\nname = \"i\"\nsources = ['a=b']\n\
        targets = ['a=c']\n";
    const COMPOSITE: &str = "[[owner.composite]]\nname = \"c\"\nseverity = \"high\"\n\
        asks = { at_least = 2 }\nfor_s = 60\nno_data = \"keep_last\"\nlabels = { team = \"pool\" }\n\
        members = [{ contract = \"CA\", rule = \"large\", matchers = ['function=a'] },\n\
        { contract = \"CA\" }]\n";
    const NESTED: &str = "[[owner.composite]]\nname = \"c\"\nseverity = \"high\"\nasks = \"all\"\n\
        members = [{ composite = \"d\" }]\n\
        [[owner.composite]]\nname = \"d\"\nseverity = \"low\"\nasks = { then_within_s = 300 }\n\
        members = [{ contract = \"CA\", rule = \"a\" }, { contract = \"CA\", rule = \"b\" }]\n";
    const ROUTE: &str = "[[owner.route]]\nchannels = [\"chat\"]\n";
    const RATE: &str = "[owner.rate]\nrule = { messages = 1, within_s = 60 }\n";
    for (part, of, with, path, said) in [
        (SILENCE, "x=y", "x", "owner[0].silence[0].matchers[1]", "expected a matcher"),
        (SILENCE, "'team=a', 'x=y'", "", "owner[0].silence[0]", "at least one matcher"),
        (SILENCE, "18:00:00Z", "18:00:00", "owner[0].silence[0].starts", "with its offset"),
        (SILENCE, "T19:00:00Z", "", "owner[0].silence[0].ends", "came 2027-01-15"),
        (SILENCE, "19:00", "17:00", "owner[0].silence[0]", "an end after its start"),
        (SILENCE, "\"anna\"", "\"\"", "owner[0].silence[0]", "author: expected"),
        (SILENCE, "ends = 2027-01-15T19:00:00Z", "", "owner[0].silence[0]", "came none"),
        (
            SILENCE,
            "01-15T19:00:00Z",
            "04-15T18:00:01Z",
            "owner[0].silence[0]",
            "expected at most 7776000 seconds, came 7776001",
        ),
        (SILENCE, "id", "until_resolved = true\nid", "owner[0].silence[0]", "came both"),
        (MUTE, "UTC", "Berlin", "owner[0].mute[0].zone", "came \"Berlin\""),
        (MUTE, "02:00", "2:00", "owner[0].mute[0].times[0]", "a range of times"),
        (MUTE, "monday", "moonday", "owner[0].mute[0].weekdays[0]", "a weekday"),
        (
            MUTE,
            "days_of_month = [\"1",
            "days_of_month = [\"0",
            "owner[0].mute[0].days_of_month[0]",
            "days of a month",
        ),
        (MUTE, "months = [\"1", "months = [\"13", "owner[0].mute[0].months[0]", "a month"),
        (MUTE, "\"m\"", "\"\"", "owner[0].mute[0]", "name: expected"),
        (ROTATION, "09:00", "9", "owner[0].rotation[0].handover", "a time of day"),
        (ROTATION, "UTC", "x", "owner[0].rotation[0].zone", "an IANA time zone"),
        (ROTATION, "2027-01-04", "09:00:00", "owner[0].rotation[0].start", "expected a date"),
        (ROTATION, "weeks = 1", "days = 0", "owner[0].rotation[0]", "shift: expected"),
        (ROTATION, "weeks", "months", "owner[0].rotation[0].shift", "unknown variant `months`"),
        (ROTATION, "01-17", "01-14", "owner[0].rotation[0]", "override[0]: expected an end"),
        (
            ROTATION,
            "08:00:00Z\nto",
            "08:00:00\nto",
            "owner[0].rotation[0].override[0].from",
            "with its offset",
        ),
        (ROTATION, "\"anna\", \"bert\"", "", "owner[0].rotation[0]", "members: expected"),
        (INHIBITION, "a=c", "a=b", "owner[0].inhibition", "i -> i"),
        (INHIBITION, "a=c", "=", "owner[0].inhibition[0].targets[0]", "a label's name"),
        (COMPOSITE, "\"high\"", "\"urgent\"", "owner[0].composite[0].severity", "unknown variant"),
        (COMPOSITE, "at_least", "at_most", "owner[0].composite[0].asks", "unknown variant"),
        (COMPOSITE, "at_least = 2", "at_least = 0", "owner[0].composite[0]", "at least 1 to 16"),
        (COMPOSITE, "keep_last", "keep", "owner[0].composite[0].no_data", "unknown variant"),
        (COMPOSITE, "60", "2592001", "owner[0].composite[0]", "for_s: expected at most 2592000"),
        (COMPOSITE, "team", "rule", "owner[0].composite[0]", "labels: expected a name"),
        (COMPOSITE, "\"c\"", "\"\"", "owner[0].composite[0]", "name: expected"),
        (COMPOSITE, "\"CA\"", "\"C A\"", "owner[0].composite[0].members[0].contract", "an address"),
        (COMPOSITE, "contract", "at", "owner[0].composite[0].members[0].at", "unknown field"),
        (COMPOSITE, "contract = \"CA\", ", "", "owner[0].composite[0].members[0]", "came none"),
        (
            COMPOSITE,
            "function=a",
            "function",
            "owner[0].composite[0].members[0].matchers[0]",
            "expected a matcher",
        ),
        (
            NESTED,
            "composite = \"d\"",
            "composite = \"e\"",
            "owner[0].composite[0].members[0].composite",
            "came \"e\"",
        ),
        (
            NESTED,
            "composite = \"d\"",
            "composite = \"c\"",
            "owner[0].composite",
            "composite 0 is a member of itself",
        ),
        (
            NESTED,
            "contract = \"CA\", rule = \"a\"",
            "composite = \"c\"",
            "owner[0].composite",
            "is a member of itself, at once or through others",
        ),
        (
            NESTED,
            "composite = \"d\"",
            "composite = \"d\", rule = \"x\"",
            "owner[0].composite[0].members[0]",
            "no rule beside composite",
        ),
        (
            NESTED,
            "composite = \"d\"",
            "composite = \"d\", contract = \"CA\"",
            "owner[0].composite[0].members[0]",
            "came both",
        ),
        (NESTED, "rule = \"b\"", "rule = \"a\"", "owner[0].composite", "every member once"),
        (
            NESTED,
            "then_within_s = 300",
            "then_within_s = 86401",
            "owner[0].composite[1]",
            "within 86400 seconds, came 86401",
        ),
        (
            NESTED,
            ", { contract = \"CA\", rule = \"b\" }",
            "",
            "owner[0].composite[1]",
            "2 of a sequence, came 1",
        ),
        (ROUTE, "\"chat\"", "", "owner[0].route[0]", "a rotation or a channel"),
        (
            ROUTE,
            "channels",
            "rotations",
            "owner[0].route[0].rotations[0]",
            "the name of a rotation",
        ),
        (RATE, "messages = 1", "messages = 0", "owner[0].rate.rule", "messages: expected"),
    ] {
        taken(part);
        assert!(part.contains(of), "{of}");
        let fault = refused(&part.replacen(of, with, 1));
        assert!(fault.starts_with(&format!("{path}: ")), "{path}: {fault}");
        assert!(fault.contains(said), "{said}: {fault}");
    }
    for part in [SILENCE, MUTE, ROTATION, INHIBITION, COMPOSITE] {
        let fault = refused(&part.repeat(2));
        assert!(fault.contains("expected names that differ"), "{fault}");
    }
}

#[test]
fn another_owner_s_composite_is_no_member() {
    let of = |address: &str, name: &str, member: &str| {
        format!(
            "[[owner]]\naddress = \"{address}\"\n[[owner.composite]]\nname = \"{name}\"\n\
             severity = \"low\"\nasks = \"any\"\nmembers = [{{ {member} }}]\n"
        )
    };
    let mine = of("GA", "mine", "composite = \"theirs\"");
    let theirs = of("GB", "theirs", "contract = \"CA\"");
    let fault = Config::parse(&format!("{mine}{theirs}")).unwrap_err().to_string();
    let expected = "owner[0].composite[0].members[0].composite: expected the name of a composite of \
         the same owner, came \"theirs\"";
    assert_eq!(fault, expected);
}

#[test]
fn a_global_silence_is_marked_by_its_place_and_may_take_a_day() {
    let with = |ends: &str| {
        Config::parse(&format!(
            "[[global_silence]]\nid = \"g\"\nauthor = \"admin\"\nmatchers = ['a=b']\n\
             starts = 2027-01-15T18:00:00Z\nends = {ends}\n"
        ))
    };
    assert_eq!(with("2027-01-16T18:00:00Z").unwrap().global_silences().len(), 1);
    let fault = with("2027-01-16T18:00:01Z").unwrap_err().to_string();
    assert_eq!(fault, "global_silence[0]: expected at most 86400 seconds, came 86401");
}

#[test]
fn what_there_is_too_much_of_is_refused() {
    let owners = "[[owner]]\naddress = \"GA\"\n".repeat(2);
    let fault = Config::parse(&owners).unwrap_err().to_string();
    assert_eq!(fault, "owner: expected names that differ, came \"GA\" twice");
    let many: String = (0..65).map(|at| format!("[[owner]]\naddress = \"G{at}\"\n")).collect();
    let fault = Config::parse(&many).unwrap_err().to_string();
    assert_eq!(fault, "owner: expected at most 64, came 65");
    let most = "#".repeat(CONFIG_BYTES_MAX);
    assert_eq!(Config::parse(&most), Ok(Config::default()));
    assert!(Config::parse(&format!("{most}#")).unwrap_err().to_string().contains("came 524289"));
    let route = "[[owner.route]]\nchannels = [\"chat\"]\n";
    assert_eq!(taken(&route.repeat(64)).owners()[0].routes().len(), 64);
    assert!(refused(&route.repeat(65)).starts_with("owner[0].route: expected at most 64"));
    let composite = |at| {
        format!(
            "[[owner.composite]]\nname = \"c{at}\"\nseverity = \"low\"\nasks = \"any\"\n\
             members = [{{ contract = \"CA\" }}]\n"
        )
    };
    let composites: String = (0..65).map(composite).collect();
    assert!(refused(&composites).starts_with("owner[0].composite: expected at most 64, came 65"));
    let matchers = vec!["'a=b'"; 17].join(", ");
    let route = format!("[[owner.route]]\nchannels = [\"chat\"]\nmatchers = [{matchers}]");
    assert!(refused(&route).starts_with("owner[0].route[0].matchers: expected at most 16"));
}
