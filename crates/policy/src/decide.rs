//! Verdict and profile in, one decision out. It never knows a target: what one cannot express is settled in `fit`.

use super::decision::{Decision, PolicyEffect};
use super::profile::Profile;
use mcpdex_model::{Confidence, ToolOrigin, Verdict};

/// Decides by a profile, by class, traits, risk, confidence and how the tool was learnt. Arguments are not looked at.
///
/// Whatever the profile says, a tool that no rule recognised, or whose verdict is uncertain, gets no more than ask.
pub fn decide_by(profile: &Profile, verdict: &Verdict, origin: Option<ToolOrigin>) -> Decision {
    let decision = profile.rule_for(verdict, origin);
    if !decision.effect.is_allowed() {
        return decision;
    }
    if !verdict.recognised {
        return Decision::plain(PolicyEffect::Ask, "no rule recognised this tool, so nothing is known of what it does");
    }
    if verdict.confidence == Confidence::Low {
        return Decision::plain(PolicyEffect::Ask, "the verdict on it is uncertain");
    }
    decision
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::Window;
    use mcpdex_model::{Class, Risk, Trait};

    fn effect(class: Class, traits: &[Trait]) -> PolicyEffect {
        decide_by(Profile::balanced(), &Verdict::bare("tool", class, traits), None).effect
    }

    #[test]
    fn each_category_gets_the_shape_of_the_reference() {
        let per_minute = |max| PolicyEffect::Limit { max, window: Window::Minute };
        assert_eq!(effect(Class::Read, &[]), PolicyEffect::Allow);
        assert_eq!(effect(Class::Write, &[]), per_minute(30));
        assert_eq!(effect(Class::Execute, &[]), per_minute(10));
        assert_eq!(effect(Class::Write, &[Trait::Destructive]), PolicyEffect::Hide);
        assert_eq!(effect(Class::Write, &[Trait::Financial]), PolicyEffect::Ask);
    }

    #[test]
    fn what_no_rule_recognised_or_is_uncertain_is_never_allowed_unasked_by_any_profile() {
        for profile in Profile::builtin() {
            for class in [Class::Read, Class::Write, Class::Execute] {
                let mut unknown = Verdict::bare("tool", class, &[]);
                unknown.recognised = false;
                assert!(!decide_by(profile, &unknown, None).effect.is_allowed());
                let mut unsure = Verdict::bare("tool", class, &[]);
                unsure.confidence = Confidence::Low;
                assert!(!decide_by(profile, &unsure, Some(ToolOrigin::Live)).effect.is_allowed());
            }
        }
    }

    /// One line of the table each: class, traits, risk, and what happens.
    #[test]
    fn risk_and_traits_decide_by_the_first_line_that_holds() {
        let lines: [(Class, &[Trait], Risk, &str); 11] = [
            (Class::Read, &[Trait::InstructsTheModel], Risk::Medium, "ask"),
            (Class::Write, &[Trait::Destructive], Risk::Critical, "hide"),
            (Class::Write, &[Trait::Financial], Risk::Critical, "ask"),
            (Class::Execute, &[Trait::CodeExecution], Risk::Critical, "ask"),
            (Class::Write, &[Trait::Destructive], Risk::High, "ask"),
            (Class::Read, &[Trait::CredentialAccess], Risk::High, "ask"),
            (Class::Write, &[Trait::Privileged], Risk::High, "ask"),
            (Class::Execute, &[], Risk::High, "10/minute"),
            (Class::Execute, &[], Risk::Medium, "30/minute"),
            (Class::Read, &[Trait::FileAccess], Risk::Medium, "30/minute"),
            (Class::Read, &[], Risk::Low, "allow"),
        ];
        for (class, traits, risk, wanted) in lines {
            let tool = mcpdex_model::Verdict { risk, ..Verdict::bare("tool", class, traits) };
            assert_eq!(
                decide_by(Profile::balanced(), &tool, None).effect.to_string(),
                wanted,
                "{class} {traits:?} {risk}"
            );
        }
    }

    /// A page is acted upon often; what else the text says of the same tool takes that back.
    #[test]
    fn what_acts_on_a_page_and_does_nothing_else_may_do_so_once_a_second() {
        let evidence = |rule: &str| mcpdex_model::Evidence {
            rule: rule.to_owned(),
            field: mcpdex_model::Field::Name,
            pointer: "/name".to_owned(),
            text: "click".to_owned(),
            start: 0,
            end: 5,
        };
        let acts = |rules: &[&str], traits: &[Trait]| {
            let evidence = rules.iter().map(|rule| evidence(rule)).collect();
            let tool = Verdict { evidence, ..Verdict::bare("click", Class::Execute, traits) };
            decide_by(Profile::balanced(), &tool, None).effect.to_string()
        };
        assert_eq!(acts(&["operates-a-screen", "changes"], &[]), "60/minute");
        assert_eq!(acts(&["operates-a-screen", "runs"], &[]), "10/minute");
        assert_eq!(acts(&["operates-a-screen"], &[Trait::ExternalCommunication]), "10/minute");
        assert_eq!(acts(&["sets-a-device"], &[]), "10/minute");
    }

    #[test]
    fn a_doubt_about_a_small_loss_asks_and_one_about_a_critical_loss_still_hides() {
        for (risk, wanted) in [(Risk::High, PolicyEffect::Ask), (Risk::Critical, PolicyEffect::Hide)] {
            let mut tool = Verdict::bare("tool", Class::Write, &[Trait::Destructive]);
            tool.risk = risk;
            tool.confidence = Confidence::Low;
            assert_eq!(decide_by(Profile::balanced(), &tool, None).effect, wanted);
        }
    }
}
