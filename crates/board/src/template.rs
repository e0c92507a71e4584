//! Templates as documents.

use lumenscope_templates::{COLUMNS, POINTS, ROWS, Template};

use crate::codes::{Granularity, Kind, Layout, Statistic};
use crate::document::{Dashboard, Variables, Widget};

impl Dashboard {
    /// A template, over whichever contract the variables or a viewer say.
    ///
    /// # Errors
    /// The number of a kind or a statistic that this crate does not know.
    pub fn of_template(template: &Template, variables: Variables) -> Result<Self, u32> {
        let widgets = template.widgets.iter().map(widget).collect::<Result<_, _>>()?;
        Ok(Dashboard {
            name: template.name.to_owned(),
            description: String::new(),
            layout: Layout::Grid,
            columns: COLUMNS,
            rows: ROWS,
            variables,
            range_s: 0,
            widgets,
        })
    }
}

fn widget(template: &lumenscope_templates::Widget) -> Result<Widget, u32> {
    let [x, y, width, height] = template.place;
    let (kind, statistic) = (template.kind as u32, template.figure as u32);
    Ok(Widget {
        kind: Kind::numbered(kind).ok_or(kind)?,
        x,
        y,
        width,
        height,
        title: template.title.to_owned(),
        contract: None,
        function: template.function.map(str::to_owned),
        subject: None,
        metric: template.metric.map(str::to_owned),
        statistic: Statistic::numbered(statistic).ok_or(statistic)?,
        max_points: POINTS,
        granularity: Granularity::Hour,
        compare_s: 0,
        top: 0,
        thresholds: Vec::new(),
    })
}
