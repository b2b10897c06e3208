//! The same requests to several servers, in turns, so that what else goes on in the machine meets all of them.

use std::time::Duration;

use crate::{
    Failure,
    load::{self, Client, Outcome, Period},
    options::Options,
    peers::Peer,
    progress,
    report::{Column, Row, Unit},
    statistics::median,
};

/// The connections at which bars and plot are read.
pub(crate) const CONNECTIONS_OF_BARS: usize = 16;

/// What each row of a contest says.
pub(crate) const COLUMNS: &[Column] = &[
    Column { name: "per_second", title: "requests/s", unit: Unit::Count },
    Column { name: "p50_us", title: "p50", unit: Unit::Microseconds },
    Column { name: "p99_us", title: "p99", unit: Unit::Microseconds },
    Column { name: "cpu_us", title: "CPU/request", unit: Unit::Microseconds },
    Column { name: "per_second_ratio", title: "requests/s, Atoll = 1", unit: Unit::Ratio },
    Column { name: "cpu_ratio", title: "CPU/request, Atoll = 1", unit: Unit::Ratio },
];

/// Medians over the rounds.
#[derive(Clone, Copy)]
pub(crate) struct Figures {
    pub(crate) per_second: f64,
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
    pub(crate) cpu_us: f64,
}

/// One peer at one number of connections.
pub(crate) struct Line {
    pub(crate) peer: &'static str,
    pub(crate) connections: usize,
    pub(crate) figures: Figures,
}

/// Loads every peer at every number of connections, round by round. The first peer is the one that ratios are to.
pub(crate) fn run(peers: &[Peer], connections: &[usize], options: &Options) -> Result<Vec<Line>, Failure> {
    check_answers(peers)?;
    let rounds = options.choose(3, 1);
    let period = Period {
        warm_up: Duration::from_millis(options.choose(400, 100)),
        measured: Duration::from_millis(options.choose(1_500, 300)),
    };
    let mut outcomes: Vec<Vec<Outcome>> = Vec::new();
    outcomes.resize_with(peers.len() * connections.len(), Vec::new);
    for round in 0..=rounds {
        progress(&format!("  round {round} of {rounds}"));
        let mut cells = outcomes.iter_mut();
        for &count in connections {
            for peer in peers {
                let outcome =
                    load::run(peer, count, period).map_err(|error| format!("{}: {error}", peer.name))?;
                // Round 0 is for the peers that compile while they run.
                if let Some(cell) = cells.next().filter(|_| round > 0) {
                    cell.push(outcome);
                }
            }
        }
    }
    let labels = connections.iter().flat_map(|&count| peers.iter().map(move |peer| (peer.name, count)));
    Ok(labels
        .zip(outcomes)
        .map(|((peer, connections), rounds)| Line { peer, connections, figures: Figures::of(&rounds) })
        .collect())
}

impl Figures {
    fn of(rounds: &[Outcome]) -> Self {
        let of = |value: fn(&Outcome) -> f64| median(rounds.iter().map(value));
        Self {
            per_second: of(|outcome| outcome.per_second),
            p50_us: of(|outcome| outcome.latency.p50_us),
            p99_us: of(|outcome| outcome.latency.p99_us),
            cpu_us: of(|outcome| outcome.cpu_us),
        }
    }
}

/// Whoever answers something else does other work: that would be no comparison.
fn check_answers(peers: &[Peer]) -> Result<(), Failure> {
    let answers: Result<Vec<_>, Failure> = peers.iter().map(answer).collect();
    let answers = answers?;
    for (peer, answer) in peers.iter().zip(&answers) {
        if Some(answer) != answers.first() {
            let first = answers.first().map(|bytes| String::from_utf8_lossy(bytes)).unwrap_or_default();
            return Err(format!(
                "{} answers {:?} and not {first:?}",
                peer.name,
                String::from_utf8_lossy(answer)
            )
            .into());
        }
    }
    Ok(())
}

fn answer(peer: &Peer) -> Result<bytes::Bytes, Failure> {
    load::on_one_thread(async { Client::connect(&peer.authority).await?.get(&peer.path).await })
        .map_err(|error| format!("{}: {error}", peer.name).into())
}

/// The lines as a table's rows.
pub(crate) fn rows(lines: &[Line]) -> Vec<Row> {
    let first = lines.first().map(|line| line.peer).unwrap_or_default();
    lines
        .iter()
        .map(|line| {
            let Figures { per_second, p50_us, p99_us, cpu_us } = line.figures;
            let base = find(lines, first, line.connections);
            let ratio = |value: f64, of: fn(&Figures) -> f64| base.map(|base| value / of(&base));
            Row {
                what: format!("{}, {}", line.peer, connections(line.connections)),
                values: vec![
                    Some(per_second),
                    Some(p50_us),
                    Some(p99_us),
                    Some(cpu_us),
                    ratio(per_second, |figures| figures.per_second),
                    ratio(cpu_us, |figures| figures.cpu_us),
                ],
            }
        })
        .collect()
}

/// The figures of a peer, if it took part.
pub(crate) fn find(lines: &[Line], peer: &str, connections: usize) -> Option<Figures> {
    lines.iter().find(|line| line.peer == peer && line.connections == connections).map(|line| line.figures)
}

fn connections(count: usize) -> String {
    if count == 1 { "1 connection".into() } else { format!("{count} connections") }
}
