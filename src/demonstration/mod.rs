//! A day at the desk, played through the service's own functions, so that every screen has something on it: conversations, cases,
//! ratings, notes. Only into a store in which nobody has talked yet.

mod script;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, bail, ensure};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::Serialize;

use crate::app::App;
use crate::assistant::turn::Message;
use crate::chat::beginning::{Beginning, begin};
use crate::chat::desk::presence::set_state;
use crate::chat::desk::{DeskWish, act, board};
use crate::chat::feedback::rate;
use crate::chat::messages::{Incoming, Origin, handle_message};
use crate::chat::steps::hand_over;
use crate::clock;
use crate::demonstration::script::{Script, Step, parse};
use crate::desk::hours::is_open;
use crate::desk::routing::AgentState;
use crate::ids::secret_bytes;
use crate::people::account::Account;
use crate::people::account_name::AccountName;
use crate::people::by::By;
use crate::people::identity::{CustomerRole, Identity};
use crate::people::password::Password;
use crate::people::role::Role;
use crate::people::secret::{ConversationToken, Digest};
use crate::questions::{Became, Question};
use crate::staff::accounts::{Invitation, invite};
use crate::staff::links::join;
use crate::store::conversations::{self, Looked};

/// The day.
const DAY: &str = include_str!("day.txt");

/// What else was asked, on the service page and in shops' own programs: how often, where, what.
const ASKED: &str = include_str!("asked.txt");

/// Who works in the demonstration: name, what they are called, roles, departments (all where none is named).
const PEOPLE: [(&str, &str, &[Role], &[&str]); 8] = [
    ("ann", "小安", &[Role::Agent], &["general", "refunds"]),
    ("bob", "小博", &[Role::Agent], &["general", "refunds"]),
    ("eve", "小伊", &[Role::Senior], &["risk"]),
    ("max", "小麦", &[Role::Agent], &["merchant"]),
    ("kim", "小金", &[Role::Senior], &[]),
    ("sue", "苏组长", &[Role::Supervisor], &[]),
    ("ed", "小编", &[Role::Editor, Role::Publisher], &[]),
    ("boss", "管理员", &[Role::Admin], &[]),
];

/// A way in that is open in the hours of working days.
const IN_HOURS: &str = "phone";

/// What was played, and how its people sign in.
#[derive(Clone, Debug, Serialize)]
pub struct Played {
    /// The day.
    pub day: Date,
    /// Conversations.
    pub n_conversations: usize,
    /// The names of those who work in it.
    pub people: Vec<String>,
    /// The password of all of them, drawn at random.
    pub password: String,
}

/// Plays the day: the last working day that is over.
///
/// # Errors
/// Fails where somebody has talked already, and when the store does.
pub async fn play(app: &App, by: &By<'_>) -> anyhow::Result<Played> {
    let talked = conversations::list(&mut *app.store().read().await?, &Looked::default(), 1).await?;
    ensure!(talked.is_empty(), "somebody has talked here: a demonstration goes into a store of its own (--data DIR)");
    let day = parse(DAY)?;
    let date = last_day(app, &day)?;
    let mut password = String::from("demo");
    for byte in secret_bytes::<8>()? {
        password.push_str(&format!("{byte:02x}"));
    }
    let mut stage = Stage { app, people: people(app, &password, by).await?, talks: BTreeMap::new(), date };
    stage.play(&day).await?;
    ask_around(app)?;
    let people = PEOPLE.iter().map(|(name, ..)| (*name).to_owned()).collect();
    Ok(Played { day: date, n_conversations: day.len(), people, password })
}

/// Asks what is asked without a conversation, so that editors see what the bot misses.
fn ask_around(app: &App) -> anyhow::Result<()> {
    let (snapshot, now) = (app.live().current(), clock::now());
    for line in ASKED.lines() {
        let [n, channel, text] = line.splitn(3, ' ').collect::<Vec<_>>()[..] else {
            bail!("how often, where, what: {line:?}");
        };
        let turn = snapshot.answer(&Message { channel, ..Message::new(text) }, now);
        for _ in 0..n.parse::<usize>().context("how often")? {
            app.note_question(|| Question {
                text: text.to_owned(),
                language: turn.reply.language.to_string(),
                channel: channel.to_owned(),
                became: Became::Said(turn.outcome()),
            });
        }
    }
    Ok(())
}

/// The last working day on which all of the day is over by now.
fn last_day(app: &App, day: &[Script]) -> anyhow::Result<Date> {
    let snapshot = app.live().current();
    let calendar = &snapshot.assistant.content().calendar;
    let now = clock::now().to_zoned(TimeZone::get(&calendar.timezone).unwrap_or(TimeZone::UTC));
    let last = day.last().context("a day of something")?;
    let length: SignedDuration =
        last.steps.iter().map(|(after, _)| *after).fold(SignedDuration::ZERO, |sum, one| sum + one);
    let is_over = now.date().to_datetime(last.begins).checked_add(length)? < now.datetime();
    let mut date = if is_over { now.date() } else { now.date().yesterday()? };
    let ten = jiff::civil::time(10, 0, 0, 0);
    while !is_open(calendar, IN_HOURS, &date.to_datetime(ten).to_zoned(now.time_zone().clone())?) {
        date = date.checked_sub(1.day())?;
    }
    Ok(date)
}

async fn people(app: &App, password: &str, by: &By<'_>) -> anyhow::Result<BTreeMap<&'static str, Account>> {
    let mut people = BTreeMap::new();
    let (typed, known) = (Password::new(password), &app.live().current());
    let departments = &known.assistant.content().departments;
    for (name, called, roles, of) in PEOPLE {
        let of = of.iter().filter(|department| departments.contains_key(**department));
        let invitation = Invitation {
            name: AccountName::parse(name)?,
            display_name: Some(called.to_owned()),
            roles: roles.iter().copied().collect(),
            departments: of.map(|department| (*department).to_owned()).collect::<BTreeSet<_>>(),
        };
        let (_, link) = invite(app.store(), &invitation, SignedDuration::from_hours(1), by).await?;
        let joined = join(app.store(), app.hashing(), link.token.expose(), &typed, None, "demo", by.now).await?;
        people.insert(name, joined);
    }
    Ok(people)
}

/// Where the day is played.
struct Stage<'a> {
    app: &'a App,
    people: BTreeMap<&'static str, Account>,
    /// Conversations, by their places in the script.
    talks: BTreeMap<usize, Talk>,
    date: Date,
}

/// A conversation that goes on.
struct Talk {
    id: String,
    token: Digest,
    agent: Option<&'static str>,
    n_said: usize,
    last_answer: Option<i64>,
}

impl Stage<'_> {
    /// Plays everything in the order of its time.
    async fn play(&mut self, day: &[Script]) -> anyhow::Result<()> {
        let zone = TimeZone::get(&self.app.live().current().assistant.content().calendar.timezone)?;
        let mut moments: Vec<(Timestamp, usize, Option<&Step>)> = Vec::new();
        for (number, script) in day.iter().enumerate() {
            let mut at = self.date.to_datetime(script.begins).to_zoned(zone.clone())?.timestamp();
            moments.push((at, number, None));
            for (after, step) in &script.steps {
                at += *after;
                moments.push((at, number, Some(step)));
            }
        }
        moments.sort_by_key(|(at, number, _)| (*at, *number));
        for (at, number, step) in moments {
            clock::pretend(Some(at));
            let done = self.step(number, &day[number], step).await;
            done.with_context(|| format!("{} {}: {step:?}", day[number].begins, day[number].channel))?;
        }
        clock::pretend(None);
        board::read(self.app, clock::now()).await?;
        Ok(())
    }

    async fn step(&mut self, number: usize, script: &Script, step: Option<&Step>) -> anyhow::Result<()> {
        // Whoever works today is there all day.
        for account in self.people.values().filter(|account| is_agent(account)) {
            set_state(self.app, &account.id.0, AgentState::Available, clock::now()).await?;
        }
        board::read(self.app, clock::now()).await?;
        let Some(step) = step else {
            self.talks.insert(number, self.begin(script).await?);
            return Ok(());
        };
        let talk = self.talks.get_mut(&number).context("it has begun")?;
        match step {
            Step::Says(text) => talk.say(self.app, text).await,
            Step::AsksForPerson => Ok(hand_over(self.app, &talk.id).await.map(drop)?),
            Step::Rates { is_about_answer, opinion } => {
                let about = talk.last_answer.filter(|_| *is_about_answer);
                Ok(rate(self.app, &talk.id, about, opinion).await.map(drop)?)
            }
            Step::Claims(agent) => {
                let known = PEOPLE.iter().find(|(name, ..)| name == agent);
                talk.agent = Some(known.context("there is no such agent")?.0);
                talk.work(self.app, &self.people, &DeskWish::Claim).await
            }
            Step::Replies(text) => {
                talk.n_said += 1;
                let wish = DeskWish::Reply { client_id: format!("d{}", talk.n_said), text: text.clone() };
                talk.work(self.app, &self.people, &wish).await
            }
            Step::Notes(text) => talk.work(self.app, &self.people, &DeskWish::Note(text.clone())).await,
            Step::Transfers(department) => {
                let wish = DeskWish::Transfer { department: department.clone(), to: None, note: None };
                talk.work(self.app, &self.people, &wish).await
            }
            Step::Resolves(reason) => {
                talk.work(self.app, &self.people, &DeskWish::Resolve { reason: reason.clone() }).await
            }
        }
    }

    async fn begin(&self, script: &Script) -> anyhow::Result<Talk> {
        let identity = script.customer.as_ref().map(|name| Identity {
            subject: format!("demo-{name}"),
            name: Some(name.clone()),
            role: Some(CustomerRole::Buyer),
            account: None,
        });
        let context = "{\"visitor\":null,\"context\":{\"page\":\"/orders\"}}".to_owned();
        let beginning = Beginning { language: None, channel: script.channel.clone(), context, identity };
        let opened = begin(self.app, &beginning).await?;
        let token = ConversationToken::parse(&opened.token).context("a token")?.digest();
        Ok(Talk { id: opened.id, token, agent: None, n_said: 0, last_answer: None })
    }
}

fn is_agent(account: &Account) -> bool {
    [Role::Agent, Role::Senior].iter().any(|role| account.roles.contains(role))
}

impl Talk {
    async fn say(&mut self, app: &App, text: &str) -> anyhow::Result<()> {
        self.n_said += 1;
        let origin = Origin {
            conversation: self.id.clone(),
            token: self.token.as_str().to_owned(),
            client_id: format!("d{}", self.n_said),
        };
        let (result, _) = handle_message(app, &Incoming { origin, text: text.to_owned() }).await?;
        let result: serde_json::Value = serde_json::from_str(&result)?;
        self.last_answer = result["replies"][0]["seq"].as_i64().or(self.last_answer);
        Ok(())
    }

    async fn work(&self, app: &App, people: &BTreeMap<&'static str, Account>, wish: &DeskWish) -> anyhow::Result<()> {
        let account = self.agent.and_then(|agent| people.get(agent)).context("nobody has taken it")?;
        let actor = account.actor();
        let by = By { actor: &actor, address: None, now: clock::now() };
        Ok(act(app, &self.id, &by, wish).await.map(drop)?)
    }
}
