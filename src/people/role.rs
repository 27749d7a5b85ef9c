//! Which role brings which permissions: one table. Knows no accounts and no routes.

use std::collections::BTreeSet;

use crate::people::named::named;

named! {
    /// What somebody may do. The names double as the scopes of API tokens.
    pub enum Permission {
        /// Read the draft, revisions and what the gate said of them.
        ContentRead = "content.read",
        /// Change the draft, import into it, export it.
        ContentEdit = "content.edit",
        /// Publish a revision, or roll back to one.
        ContentPublish = "content.publish",
        /// Switch an entry, a flow or the bot off, and put up notices.
        ContentSwitch = "content.switch",
        /// Read the questions that had no answer.
        QuestionsRead = "questions.read",
        /// Talk to customers and work on cases.
        DeskUse = "desk.use",
        /// Decide cases that need somebody senior.
        CasesApprove = "cases.approve",
        /// See and direct the work of other agents.
        DeskSupervise = "desk.supervise",
        /// Keep visitors from writing.
        VisitorsBlock = "visitors.block",
        /// Hand out and erase what is kept of a customer, and hold cases.
        PersonsManage = "persons.manage",
        /// Read the audit.
        AuditRead = "audit.read",
        /// Manage accounts and tokens.
        PeopleManage = "people.manage",
        /// Manage retention, webhooks and backups.
        SystemManage = "system.manage",
        /// Ask on behalf of a shop's server.
        Ask = "ask",
    }
}

named! {
    /// What somebody is here; an account has any number of roles.
    pub enum Role {
        /// Looks at content.
        Viewer = "viewer",
        /// Talks to customers.
        Agent = "agent",
        /// An agent who also decides refunds and the like.
        Senior = "senior",
        /// Leads the desk, and stops the bot when it says something wrong.
        Supervisor = "supervisor",
        /// Writes content.
        Editor = "editor",
        /// An editor who also publishes.
        Publisher = "publisher",
        /// Reads what everybody did.
        Auditor = "auditor",
        /// Runs the installation.
        Admin = "admin",
    }
}

/// What each role may do; nobody may do what is not listed.
///
/// Admins may everything: a small shop has one person, who does it all, and whoever manages accounts could take any role
/// anyway. What must not be one person's work asks for another one by `Actor::may_second`, which no role gets around.
const GRANTS: [(Role, &[Permission]); 8] = {
    use Permission::{
        AuditRead, CasesApprove, ContentEdit, ContentPublish, ContentRead, ContentSwitch, DeskSupervise, DeskUse,
        QuestionsRead, VisitorsBlock,
    };
    [
        (Role::Viewer, &[ContentRead]),
        (Role::Agent, &[DeskUse]),
        (Role::Senior, &[DeskUse, CasesApprove]),
        (Role::Supervisor, &[DeskUse, DeskSupervise, VisitorsBlock, ContentSwitch, QuestionsRead]),
        (Role::Editor, &[ContentRead, ContentEdit, QuestionsRead]),
        (Role::Publisher, &[ContentRead, ContentEdit, QuestionsRead, ContentPublish]),
        (Role::Auditor, &[AuditRead, ContentRead]),
        (Role::Admin, Permission::ALL),
    ]
};

/// Returns what somebody with these roles may do.
pub fn permissions_of(roles: &BTreeSet<Role>) -> BTreeSet<Permission> {
    let granted = GRANTS.iter().filter(|(role, _)| roles.contains(role));
    granted.flat_map(|(_, permissions)| permissions.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn may(roles: &[Role]) -> Vec<&'static str> {
        permissions_of(&roles.iter().copied().collect()).into_iter().map(Permission::name).collect()
    }

    #[test]
    fn each_role_may_what_the_table_says() {
        for (roles, expected) in [
            (&[][..], &[][..]),
            (&[Role::Viewer], &["content.read"]),
            (&[Role::Agent], &["desk.use"]),
            (&[Role::Senior], &["desk.use", "cases.approve"]),
            (
                &[Role::Supervisor],
                &["content.switch", "questions.read", "desk.use", "desk.supervise", "visitors.block"],
            ),
            (&[Role::Editor], &["content.read", "content.edit", "questions.read"]),
            (&[Role::Publisher], &["content.read", "content.edit", "content.publish", "questions.read"]),
            (&[Role::Auditor], &["content.read", "audit.read"]),
            (&[Role::Viewer, Role::Agent], &["content.read", "desk.use"]),
        ] {
            assert_eq!(may(roles), expected, "{roles:?}");
        }
        assert_eq!(may(&[Role::Admin]).len(), Permission::ALL.len());
    }

    #[test]
    fn every_role_is_in_the_table_once_and_may_something() {
        let listed: Vec<Role> = GRANTS.iter().map(|(role, _)| *role).collect();
        assert_eq!(listed, Role::ALL);
        assert!(GRANTS.iter().all(|(_, permissions)| !permissions.is_empty()));
    }

    #[test]
    fn only_admins_manage_people_and_the_system() {
        for (role, permissions) in GRANTS {
            let manages = [Permission::PeopleManage, Permission::PersonsManage, Permission::SystemManage]
                .iter()
                .any(|p| permissions.contains(p));
            assert_eq!(manages, role == Role::Admin, "{role}");
        }
    }

    #[test]
    fn a_name_is_the_same_in_code_scopes_and_json() {
        for permission in Permission::ALL {
            let json = serde_json::to_string(permission).unwrap();
            assert_eq!(json, format!("{:?}", permission.name()));
            assert_eq!(serde_json::from_str::<Permission>(&json).unwrap(), *permission);
            assert_eq!(permission.to_string().parse::<Permission>().unwrap(), *permission);
        }
        for role in Role::ALL {
            assert_eq!(role.name().parse::<Role>().unwrap(), *role);
        }
        let error = "Boss".parse::<Role>().unwrap_err().to_string();
        assert!(error.starts_with(r#"unknown name "Boss"; it is one of viewer, agent, "#), "{error}");
    }
}
