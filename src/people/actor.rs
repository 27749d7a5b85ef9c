//! Who acts, and may it? The answer is in the value: no look-up, no role, no session.

use std::collections::BTreeSet;

use crate::people::named::named;
use crate::people::role::Permission;

named! {
    /// What kind of actor it is.
    pub enum ActorKind {
        /// A person who signed in.
        User = "user",
        /// A program with an API token.
        Token = "token",
        /// Somebody at the machine itself.
        CommandLine = "command_line",
        /// The service, of its own accord.
        System = "system",
    }
}

/// Whoever does something, with all that it may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// What it is.
    pub kind: ActorKind,
    /// The account's or token's id, the login at the machine, or the part of the service.
    pub id: String,
    /// What people see.
    pub name: String,
    /// What it may do.
    pub permissions: BTreeSet<Permission>,
    /// The departments whose customers and cases it may see; empty for all.
    pub departments: BTreeSet<String>,
}

impl Actor {
    /// Returns the actor behind an API token.
    pub fn token(id: &str, name: &str, scopes: BTreeSet<Permission>, departments: BTreeSet<String>) -> Self {
        Self { kind: ActorKind::Token, id: id.to_owned(), name: name.to_owned(), permissions: scopes, departments }
    }

    /// Returns somebody at the machine, who may do anything: whoever runs commands there can read and write the data.
    pub fn command_line(login: &str) -> Self {
        Self::unlimited(ActorKind::CommandLine, login)
    }

    /// Returns a part of the service that acts of its own accord (`retention`).
    pub fn system(part: &str) -> Self {
        Self::unlimited(ActorKind::System, part)
    }

    fn unlimited(kind: ActorKind, id: &str) -> Self {
        let permissions = Permission::ALL.iter().copied().collect();
        Self { kind, id: id.to_owned(), name: id.to_owned(), permissions, departments: BTreeSet::new() }
    }

    /// Says whether it may do something.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// Says whether a department's customers and cases are its business.
    pub fn may_in(&self, department: &str) -> bool {
        self.departments.is_empty() || self.departments.contains(department)
    }

    /// Says whether it may be the second person for what the actor with the id `first` began.
    ///
    /// Only people who signed in count: nobody knows who holds a token or sits at the machine.
    pub fn may_second(&self, permission: Permission, first: &str) -> bool {
        self.kind == ActorKind::User && self.id != first && self.may(permission)
    }

    /// Says whether it may pass these scopes and departments on to a token: nobody gives more than they have.
    pub fn may_grant(&self, scopes: &BTreeSet<Permission>, departments: &BTreeSet<String>) -> bool {
        let within =
            self.departments.is_empty() || (!departments.is_empty() && departments.is_subset(&self.departments));
        self.may(Permission::PeopleManage) && scopes.is_subset(&self.permissions) && within
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    fn user(id: &str, permissions: &[Permission], departments: &[&str]) -> Actor {
        Actor {
            kind: ActorKind::User,
            id: id.to_owned(),
            name: id.to_owned(),
            permissions: permissions.iter().copied().collect(),
            departments: names(departments),
        }
    }

    #[test]
    fn an_actor_may_what_it_was_given_and_where() {
        let agent = user("user_1", &[Permission::DeskUse], &["refunds", "risk"]);
        for (department, expected) in [("refunds", true), ("risk", true), ("legal", false), ("", false)] {
            assert_eq!(agent.may_in(department), expected, "{department}");
        }
        assert!(agent.may(Permission::DeskUse) && !agent.may(Permission::CasesApprove));
        assert!(user("user_2", &[], &[]).may_in("legal"), "no department means all");
        assert!(Actor::command_line("root").may(Permission::ContentPublish));
    }

    #[test]
    fn the_second_person_is_another_person() {
        use Permission::CasesApprove;
        let senior = user("user_1", &[CasesApprove], &[]);
        let agent = user("user_3", &[Permission::DeskUse], &[]);
        let token = Actor::token("token_1", "shop", Permission::ALL.iter().copied().collect(), names(&[]));
        for (actor, first, expected) in [
            (&senior, "user_2", true),
            (&senior, "user_1", false),
            (&agent, "user_2", false),
            (&token, "user_2", false),
            (&Actor::command_line("root"), "user_2", false),
            (&Actor::system("retention"), "user_2", false),
        ] {
            assert_eq!(actor.may_second(CasesApprove, first), expected, "{} after {first}", actor.id);
        }
    }

    #[test]
    fn nobody_grants_more_than_they_have() {
        use Permission::{Ask, ContentRead, PeopleManage};
        let everywhere = user("user_1", &[PeopleManage, Ask], &[]);
        let in_risk = user("user_2", &[PeopleManage, Ask], &["risk"]);
        let no_manager = user("user_3", &[Ask], &[]);
        for (actor, scopes, departments, expected) in [
            (&everywhere, &[Ask][..], &[][..], true),
            (&everywhere, &[Ask], &["risk"], true),
            (&everywhere, &[Ask, ContentRead], &[], false),
            (&in_risk, &[Ask], &["risk"], true),
            (&in_risk, &[Ask], &[], false),
            (&in_risk, &[Ask], &["risk", "legal"], false),
            (&no_manager, &[Ask], &[], false),
        ] {
            let granted = actor.may_grant(&scopes.iter().copied().collect(), &names(departments));
            assert_eq!(granted, expected, "{} grants {scopes:?} in {departments:?}", actor.id);
        }
    }
}
