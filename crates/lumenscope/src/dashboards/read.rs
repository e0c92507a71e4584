//! Dashboards, read from a deployed suite.

use anyhow::Context as _;
use lumenscope_board::{Dashboard, Widget, limits};
use lumenscope_deploy::Deployment;
use lumenscope_invoke::{FromVal as _, InvokeError, Invoker, Record, ScVal, args};
use lumenscope_meta::{Address, CallError, Hash};

use super::viewer::Viewer;
use crate::exit::{Incomplete, Usage};
use crate::suite::{self, find};

/// Ids that one call gives, `PAGE_ITEMS_MAX` of the contracts.
const PAGE_IDS: u32 = 50;
/// Pages of ids: more than an owner pays for by accident.
const PAGES_MAX: u32 = 200;
/// How often a dashboard is read that is edited meanwhile: an edit takes a ledger, five seconds.
const READS_MAX: u32 = 5;
/// The contract's errors for what may not be seen: gone, or another's.
const UNSEEN: [u32; 3] = [3200, 3204, 3230];

/// What is said beside a list that ends before all is read.
///
/// # Errors
/// [`Incomplete`], where there is more.
pub fn require_all(is_all: bool) -> anyhow::Result<()> {
    if is_all {
        return Ok(());
    }
    let most = PAGES_MAX * PAGE_IDS;
    let more = format!(
        "there are more than {most} places, and what they hold is not listed: show a \
                        dashboard by its id"
    );
    Err(Incomplete(more).into())
}

/// A dashboard on the ledger.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stored {
    pub id: Hash,
    pub owner: Address,
    /// Raised by every edit.
    pub version: u32,
    pub is_public: bool,
    /// The slots of the document's widgets.
    pub slots: Vec<u32>,
    pub document: Dashboard,
}

/// A dashboard without its widgets.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Listed {
    pub id: Hash,
    pub owner: Address,
    pub name: String,
    pub version: u32,
    pub is_public: bool,
    pub widgets: usize,
}

/// The dashboards of a suite.
pub struct Suite<'a> {
    invoker: &'a Invoker,
    contract: Address,
}

impl<'a> Suite<'a> {
    /// Those of a deployment.
    ///
    /// # Errors
    /// When the deployment lacks the contract.
    pub fn new(invoker: &'a Invoker, deployment: &Deployment) -> anyhow::Result<Self> {
        Ok(Self { invoker, contract: find(deployment, "dashboard")? })
    }

    /// Those that an owner created or took over and still has, and whether these are all.
    ///
    /// # Errors
    /// When the node does not answer, or the ledger holds what this version does not understand.
    pub async fn of_owner(&self, owner: &Address) -> anyhow::Result<(Vec<Listed>, bool)> {
        let viewer = Viewer::Account(owner.clone());
        let mut found = Vec::new();
        for page in 0..PAGES_MAX {
            let asked = args![owner, page * PAGE_IDS, PAGE_IDS]?;
            let ids: Vec<Hash> = self.view("dashboards", asked).await?;
            if ids.is_empty() {
                return Ok((found, true));
            }
            let listed = self.listed(ids.iter().copied(), &viewer).await?;
            for one in listed.into_iter().filter(|one| one.owner == *owner) {
                // One that came back is in the list twice.
                if !found.iter().any(|known: &Listed| known.id == one.id) {
                    found.push(one);
                }
            }
        }
        Ok((found, false))
    }

    /// Those that everybody may see, and whether these are all.
    ///
    /// # Errors
    /// As [`Suite::of_owner`].
    pub async fn public(&self) -> anyhow::Result<(Vec<Listed>, bool)> {
        let mut found = Vec::new();
        for page in 0..PAGES_MAX {
            let asked = args![page * PAGE_IDS, PAGE_IDS]?;
            let ids: Vec<ScVal> = self.view("public_dashboards", asked).await?;
            if ids.is_empty() {
                return Ok((found, true));
            }
            let read: Result<Vec<Option<Hash>>, _> = ids.iter().map(Option::from_val).collect();
            found.extend(self.listed(read?.into_iter().flatten(), &Viewer::Anyone).await?);
        }
        Ok((found, false))
    }

    async fn listed(
        &self,
        ids: impl Iterator<Item = Hash>,
        viewer: &Viewer,
    ) -> anyhow::Result<Vec<Listed>> {
        let mut found = Vec::new();
        for id in ids {
            let Some(board) = self.find(&id, viewer).await? else { continue };
            let ScVal::Map(Some(places)) = board.get("places")? else {
                anyhow::bail!("dashboard {id}: expected the places of its widgets")
            };
            let details: Record = board.get("details")?;
            found.push(Listed {
                id,
                owner: board.get("owner")?,
                name: details.get("name")?,
                version: board.get("version")?,
                is_public: board.get::<u32>("listed")? != 0,
                widgets: places.0.len(),
            });
        }
        Ok(found)
    }

    /// One dashboard as somebody sees it.
    ///
    /// # Errors
    /// As [`Suite::of_owner`], and when there is no such dashboard for the viewer.
    pub async fn dashboard(&self, id: &Hash, viewer: &Viewer) -> anyhow::Result<Stored> {
        // An edit in between would mix two versions: read again.
        for _ in 0..READS_MAX {
            let board = self.seen(id, viewer).await?;
            let widgets = self.widgets(id, viewer).await?;
            let version: u32 = board.get("version")?;
            if self.seen(id, viewer).await?.get::<u32>("version")? != version {
                continue;
            }
            let slots = widgets.iter().map(|(slot, _)| *slot).collect();
            let document = Dashboard::from_ledger(&board.get("details")?, widgets)
                .with_context(|| format!("reading dashboard {id}"))?;
            let (owner, listed) = (board.get("owner")?, board.get::<u32>("listed")?);
            return Ok(Stored { id: *id, owner, version, is_public: listed != 0, slots, document });
        }
        anyhow::bail!(
            "dashboard {id} is edited all the time: it changed in each of {READS_MAX} reads"
        )
    }

    async fn widgets(&self, id: &Hash, viewer: &Viewer) -> anyhow::Result<Vec<(u32, Widget)>> {
        let mut widgets: Vec<(u32, Widget)> = Vec::new();
        // Each page has one widget at least, or is the last.
        while widgets.len() <= limits::WIDGETS_MAX {
            let start = widgets.last().map_or(0, |(slot, _)| slot.saturating_add(1));
            let asked = args![id, viewer.to_val()?, start, limits::WIDGETS_PER_PAGE_MAX]?;
            let page: ScVal = self.view("widgets", asked).await?;
            let page =
                Dashboard::widget_page(&page).with_context(|| format!("reading dashboard {id}"))?;
            if page.is_empty() {
                break;
            }
            widgets.extend(page);
        }
        Ok(widgets)
    }

    async fn seen(&self, id: &Hash, viewer: &Viewer) -> anyhow::Result<Record> {
        let found = self.find(id, viewer).await?;
        found.ok_or_else(|| {
            let who = match viewer {
                Viewer::Anyone => {
                    "everybody may see: is it private? See --account and --secret-file"
                }
                Viewer::Account(_) => "this account may see",
                Viewer::Link(_) => "this share link shows: is its time over?",
            };
            Usage(format!("expected the id of a dashboard that {who}; came {id}")).into()
        })
    }

    async fn find(&self, id: &Hash, viewer: &Viewer) -> anyhow::Result<Option<Record>> {
        let asked = args![id, viewer.to_val()?]?;
        match self.invoker.view(&self.contract, "dashboard", asked).await {
            Ok(answer) => Ok(Some(answer.value()?)),
            Err(InvokeError::Simulation { error: Some(CallError::Contract { code }), .. })
                if UNSEEN.contains(&code) =>
            {
                Ok(None)
            }
            Err(error) => Err(anyhow::Error::new(error).context("calling dashboard")),
        }
    }

    async fn view<T: lumenscope_invoke::FromVal>(
        &self,
        function: &str,
        asked: Vec<ScVal>,
    ) -> anyhow::Result<T> {
        suite::view(self.invoker, &self.contract, function, asked).await
    }
}
