//! What `mcpdex eval` prints for people: figures in, text out. It counts nothing.

use super::text::{hanging, paragraph};
use super::visible;
use crate::classify::{Disagreement, Score};
use crate::model::text::counted;
use std::fmt::Write;

fn share(part: usize, of: usize) -> f64 {
    if of == 0 { 0.0 } else { 100.0 * part as f64 / of as f64 }
}

/// The figures of one set of rows.
pub fn eval_score(what: &str, score: &Score) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "{what}: {} of {}, {} unrecognised",
        counted(score.tools, "tool"),
        counted(score.servers, "server"),
        score.unrecognised
    );
    let reads = score.read_as_read + score.read_as_other;
    let others = score.other_as_read + score.other_as_other;
    if reads + others > 0 {
        let _ = writeln!(
            out,
            "  read-only or not   balanced accuracy {:.2}% of tools, {:.2}% as mean of servers",
            score.balanced_accuracy, score.balanced_accuracy_of_servers
        );
        let _ = writeln!(
            out,
            "                     read as read {} of {reads}, other as other {} of {others}",
            score.read_as_read, score.other_as_other
        );
        let _ = writeln!(
            out,
            "  read-only, yet high or critical  {} ({:.2}%)",
            score.read_as_grave,
            share(score.read_as_grave, reads)
        );
    }
    if score.destructive > 0 {
        let _ = writeln!(
            out,
            "  destructive, yet risk low        {} of {} ({:.2}%)",
            score.destructive_as_low,
            score.destructive,
            share(score.destructive_as_low, score.destructive)
        );
    }
    if score.mild > 0 {
        let _ = writeln!(
            out,
            "  not destructive, yet judged so   {} of {} ({:.2}%)",
            score.mild_as_destructive,
            score.mild,
            share(score.mild_as_destructive, score.mild)
        );
    }
    for (what, matrix, agreement) in [
        ("class", &score.class, score.class_agreement),
        ("risk", &score.risk, score.risk_agreement),
        ("category", &score.category, score.category_agreement),
    ] {
        if !matrix.is_empty() {
            let _ = writeln!(out, "  {what:<18} agreement {agreement:.2}%");
        }
    }
    let lenient = &score.lenient;
    for (what, rate, [low, high], capped) in [
        ("class", lenient.class, lenient.class_bounds, lenient.class_capped),
        ("risk", lenient.risk, lenient.risk_bounds, lenient.risk_capped),
    ] {
        if rate > 0.0 {
            let _ = writeln!(
                out,
                "  {what:<18} {rate:.2}% with disputed labels ({low:.1} to {high:.1})\n  {:<18} {capped:.2}% with each server capped",
                ""
            );
        }
    }
    let critical = &score.critical;
    if critical.sure + critical.judged > 0 {
        let [low, high] = critical.recall_bounds;
        let _ = writeln!(
            out,
            "  surely critical    {} of {} found ({:.1}%, {low:.1} to {high:.1}), {} called low",
            critical.found, critical.sure, critical.recall, critical.as_low
        );
        let _ = writeln!(
            out,
            "  judged critical    {} of {} right, {} with disputed labels",
            critical.right, critical.judged, critical.right_leniently
        );
    }
    paragraph(&out, "")
}

/// What was judged of what was labelled, the traits, and the servers that agree least.
pub fn eval_matrices(score: &Score) -> String {
    let mut out = String::new();
    for (what, matrix) in [("class", &score.class), ("risk", &score.risk), ("category", &score.category)] {
        for (label, row) in matrix {
            let cells: Vec<String> = row.iter().map(|(verdict, count)| format!("{verdict} {count}")).collect();
            let _ = writeln!(out, "{what:<8} {label:<12} judged {}", cells.join(", "));
        }
    }
    for (of, [both, label, verdict]) in &score.traits {
        let (precision, recall) = (share(*both, both + verdict), share(*both, both + label));
        let _ = writeln!(
            out,
            "trait {of:<24} both {both}, label alone {label}, verdict alone {verdict}: precision {precision:.1}%, recall {recall:.1}%"
        );
    }
    for (server, right, rows) in &score.worst_servers {
        let _ = writeln!(out, "worst: {:<45} {right} of {rows}", visible(server));
    }
    paragraph(&out, "")
}

/// Every disagreement: a tool with what differs, and once why it was judged so.
pub fn eval_list(disagreements: &[Disagreement]) -> String {
    let mut out = String::new();
    let mut before: Option<&Disagreement> = None;
    for (at, d) in disagreements.iter().enumerate() {
        if before.is_none_or(|other| (&other.server, &other.name) != (&d.server, &d.name)) {
            let noise = if d.noise { " [noise]" } else { "" };
            let _ = write!(out, "\n{}", hanging(&format!("{} {}{noise}", d.server, d.name), "", "  "));
        }
        out += &hanging(&format!("{}: labelled {}, judged {}", d.about, d.label, d.verdict), "  ", "    ");
        let next = disagreements.get(at + 1);
        if next.is_none_or(|other| (&other.server, &other.name, &other.rationale) != (&d.server, &d.name, &d.rationale))
        {
            out += &hanging(&d.rationale, "  ", "  ");
        }
        before = Some(d);
    }
    out
}
