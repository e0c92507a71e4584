//! To and from the values of the dashboard contract.

use lumenscope_invoke::{
    Address, FromVal, Record, ScVal, ToVal, ValueError, record, symbol, vector,
};
use thiserror::Error;

use crate::check::Fault;
use crate::codes::{Granularity, Kind, Layout, Statistic};
use crate::document::{Dashboard, Variables, Widget};

/// What the ledger holds is no dashboard that this version knows.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum LedgerError {
    /// A field that is missing, or of another type.
    #[error("{path}: {error}")]
    Value {
        /// Where: `widgets[2].title`, by slot.
        path: String,
        /// What was expected, and what came.
        #[source]
        error: ValueError,
    },
    /// A number that stands for nothing, a text that is none, or what the contract would refuse.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl Dashboard {
    /// `DashboardDetails`: the first argument of `instantiate` after the owner.
    ///
    /// # Errors
    /// [`ValueError`] of what [`Dashboard::check`] would refuse.
    pub fn details_val(&self) -> Result<ScVal, ValueError> {
        record(&[
            ("name", self.name.to_val()?),
            ("description", self.description.to_val()?),
            ("layout", self.layout.number().to_val()?),
            ("columns", self.columns.to_val()?),
            ("rows", self.rows.to_val()?),
            ("variables", variables_val(&self.variables)?),
            ("range_s", self.range_s.to_val()?),
        ])
    }

    /// The widgets: the second one.
    ///
    /// # Errors
    /// [`ValueError`] of what [`Dashboard::check`] would refuse.
    pub fn widgets_val(&self) -> Result<ScVal, ValueError> {
        vector(self.widgets.iter().map(widget_val).collect::<Result<_, _>>()?)
    }

    /// The dashboard of `details`, a field of what `dashboard` returns, and of the widgets by slot
    /// that pages of `widgets` return ([`Dashboard::widget_page`]), in the order of slots.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn from_ledger(details: &ScVal, widgets: Vec<(u32, Widget)>) -> Result<Self, LedgerError> {
        let fields = Fields::read("", details)?;
        let dashboard = Dashboard {
            name: fields.text("name")?,
            description: fields.text("description")?,
            layout: fields.coded("layout", Layout::ALL.len(), Layout::numbered)?,
            columns: fields.get("columns")?,
            rows: fields.get("rows")?,
            variables: variables(&fields.get("variables")?)?,
            range_s: fields.get("range_s")?,
            widgets: widgets.into_iter().map(|(_, widget)| widget).collect(),
        };
        dashboard.check()?;
        Ok(dashboard)
    }

    /// The widgets of what a call of `widgets` returns, by slot, rising.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub fn widget_page(page: &ScVal) -> Result<Vec<(u32, Widget)>, LedgerError> {
        let error = |error| LedgerError::Value { path: "widgets".to_owned(), error };
        let ScVal::Map(Some(map)) = page else {
            let (expected, got) = ("widgets by slot", page.name().to_owned());
            return Err(error(ValueError::Kind { expected, got }));
        };
        let entry = |(key, value): (&ScVal, &ScVal)| {
            let slot = u32::from_val(key).map_err(error)?;
            Ok((slot, widget(slot, value)?))
        };
        map.0.iter().map(|pair| entry((&pair.key, &pair.val))).collect()
    }
}

/// `DashboardVariables`, also an argument of `render`.
///
/// # Errors
/// [`ValueError`] for a function or subject that is no symbol.
pub fn variables_val(variables: &Variables) -> Result<ScVal, ValueError> {
    record(&[
        ("contract", variables.contract.to_val()?),
        ("function", name(variables.function.as_ref())?),
        ("subject", name(variables.subject.as_ref())?),
    ])
}

fn name(name: Option<&String>) -> Result<ScVal, ValueError> {
    name.map_or(Ok(ScVal::Void), |name| symbol(name))
}

fn widget_val(widget: &Widget) -> Result<ScVal, ValueError> {
    record(&[
        ("kind", widget.kind.number().to_val()?),
        ("x", widget.x.to_val()?),
        ("y", widget.y.to_val()?),
        ("width", widget.width.to_val()?),
        ("height", widget.height.to_val()?),
        ("title", widget.title.to_val()?),
        ("contract", widget.contract.to_val()?),
        ("function", name(widget.function.as_ref())?),
        ("subject", name(widget.subject.as_ref())?),
        ("metric", name(widget.metric.as_ref())?),
        ("statistic", widget.statistic.number().to_val()?),
        ("max_points", widget.max_points.to_val()?),
        ("granularity", widget.granularity.number().to_val()?),
        ("compare_s", widget.compare_s.to_val()?),
        ("top", widget.top.to_val()?),
        ("thresholds", widget.thresholds.to_val()?),
    ])
}

fn variables(value: &ScVal) -> Result<Variables, LedgerError> {
    let fields = Fields::read("variables.", value)?;
    Ok(Variables {
        contract: fields.get::<Option<Address>>("contract")?,
        function: fields.get("function")?,
        subject: fields.get("subject")?,
    })
}

fn widget(slot: u32, value: &ScVal) -> Result<Widget, LedgerError> {
    let fields = Fields::read(&format!("widgets[{slot}]."), value)?;
    Ok(Widget {
        kind: fields.coded("kind", Kind::ALL.len(), Kind::numbered)?,
        x: fields.get("x")?,
        y: fields.get("y")?,
        width: fields.get("width")?,
        height: fields.get("height")?,
        title: fields.text("title")?,
        contract: fields.get("contract")?,
        function: fields.get("function")?,
        subject: fields.get("subject")?,
        metric: fields.get("metric")?,
        statistic: fields.coded("statistic", Statistic::ALL.len(), Statistic::numbered)?,
        max_points: fields.get("max_points")?,
        granularity: fields.coded("granularity", Granularity::ALL.len(), Granularity::numbered)?,
        compare_s: fields.get("compare_s")?,
        top: fields.get("top")?,
        thresholds: fields.get("thresholds")?,
    })
}

/// The fields of a struct, with errors that say where it stands.
struct Fields {
    prefix: String,
    record: Record,
}

impl Fields {
    fn read(prefix: &str, value: &ScVal) -> Result<Self, LedgerError> {
        let record = Record::from_val(value).map_err(|error| LedgerError::Value {
            path: prefix.trim_end_matches('.').to_owned(),
            error,
        })?;
        Ok(Self { prefix: prefix.to_owned(), record })
    }

    fn path(&self, field: &str) -> String {
        format!("{}{field}", self.prefix)
    }

    fn get<T: FromVal>(&self, field: &str) -> Result<T, LedgerError> {
        let got = self.record.get(field);
        got.map_err(|error| LedgerError::Value { path: self.path(field), error })
    }

    /// A text, as it is: a contract's `String` may hold any bytes.
    fn text(&self, field: &str) -> Result<String, LedgerError> {
        let value: ScVal = self.get(field)?;
        let text: String = self.get(field)?;
        if let ScVal::String(bytes) = &value
            && bytes.0.as_slice() != text.as_bytes()
        {
            let came = format!("{} bytes that are none", bytes.0.len());
            return Err(Fault::new(self.path(field), "UTF-8", came).into());
        }
        Ok(text)
    }

    fn coded<T>(
        &self,
        field: &str,
        count: usize,
        numbered: impl Fn(u32) -> Option<T>,
    ) -> Result<T, LedgerError> {
        let number: u32 = self.get(field)?;
        let expected = || format!("a number that this version knows, below {count}");
        numbered(number).ok_or_else(|| Fault::new(self.path(field), expected(), number).into())
    }
}
