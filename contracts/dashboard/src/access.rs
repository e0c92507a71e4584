//! Who may do what with a dashboard.

use lumenscope_interfaces::dashboard::{Dashboard, DashboardAccess, DashboardError};
use soroban_sdk::{Address, BytesN, Env};

use crate::refusal::{accept, require};
use crate::storage;

/// The dashboard, which `viewer` may see: it is public, or the viewer is named and authorises.
pub fn viewed(e: &Env, id: &BytesN<32>, viewer: Option<Address>) -> Dashboard {
    let dashboard = shown(e, id, viewer.as_ref());
    if !dashboard.public
        && let Some(viewer) = viewer
    {
        viewer.require_auth();
    }
    dashboard
}

/// The dashboard, which `viewer`, who authorised already, may see.
pub fn shown(e: &Env, id: &BytesN<32>, viewer: Option<&Address>) -> Dashboard {
    let dashboard = storage::dashboard(e, id);
    let named = viewer.is_some_and(|viewer| access(&dashboard, viewer) != DashboardAccess::None);
    require(e, dashboard.public || named, DashboardError::NotAViewer);
    dashboard
}

/// The dashboard, at the version after an edit that `editor` authorises and makes on `version`.
pub fn edited(e: &Env, id: &BytesN<32>, editor: &Address, version: u32) -> Dashboard {
    editor.require_auth();
    let mut dashboard = storage::dashboard(e, id);
    let access = access(&dashboard, editor);
    require(e, access == DashboardAccess::Edit, DashboardError::NotAnEditor);
    dashboard.version = accept(e, next(dashboard.version, version));
    dashboard
}

/// The dashboard, whose owner authorises.
pub fn owned(e: &Env, id: &BytesN<32>) -> Dashboard {
    let dashboard = storage::dashboard(e, id);
    dashboard.owner.require_auth();
    dashboard
}

fn access(dashboard: &Dashboard, account: &Address) -> DashboardAccess {
    if dashboard.owner == *account {
        return DashboardAccess::Edit;
    }
    dashboard.members.get(account.clone()).unwrap_or(DashboardAccess::None)
}

/// The version after an edit of `current` that was made on `named`.
fn next(current: u32, named: u32) -> Result<u32, DashboardError> {
    if named != current {
        return Err(DashboardError::VersionStale);
    }
    current.checked_add(1).ok_or(DashboardError::VersionStale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_edit_of_the_current_version_goes_on() {
        assert_eq!(next(0, 0), Ok(1));
        assert_eq!(next(7, 7), Ok(8));
        assert_eq!(next(7, 6), Err(DashboardError::VersionStale));
        assert_eq!(next(7, 8), Err(DashboardError::VersionStale));
        assert_eq!(next(u32::MAX, u32::MAX), Err(DashboardError::VersionStale));
    }
}
