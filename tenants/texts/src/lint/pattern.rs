//! The form of a tenant's own text: Fluent, of words, values and choices between variants, and nothing else of it.

use std::collections::BTreeSet;

use fluent_syntax::{
    ast::{Entry, Expression, InlineExpression, Message, Pattern, PatternElement, Variant, VariantKey},
    parser::{self, ErrorKind},
};

use crate::source_of;

/// How many brackets may be open at a time. Each is a call of the parser within another, and a stack has an end.
const MOST_NESTED: usize = 20;

/// Reads a pattern.
///
/// # Errors
/// Where it stops being one.
pub(super) fn read(key: &str, pattern: &str) -> Result<Pattern<String>, String> {
    if pattern.trim().is_empty() {
        return Err("write something, or take the key out".to_owned());
    }
    if deepest(pattern) > MOST_NESTED {
        return Err(format!("more than {MOST_NESTED} brackets are open within each other; write it plainly"));
    }
    let source = source_of(key, pattern);
    let resource = parser::parse(source.clone()).map_err(|(_, errors)| {
        errors.first().map_or_else(
            || "it is no Fluent pattern".to_owned(),
            |error| mistake(&source, error.pos.start, &error.kind),
        )
    })?;
    match resource.body.as_slice() {
        [Entry::Message(Message { value: Some(value), attributes, .. })] if attributes.is_empty() => Ok(value.clone()),
        _ => Err("a line begins with a full stop, which Fluent takes for an attribute; move it to the line before"
            .to_owned()),
    }
}

/// How many brackets are open where most are, whatever they mean there.
fn deepest(pattern: &str) -> usize {
    let open = pattern.chars().scan(0_usize, |open, c| {
        match c {
            '{' | '(' => *open += 1,
            '}' | ')' => *open = open.saturating_sub(1),
            _ => {}
        }
        Some(*open)
    });
    open.max().unwrap_or_default()
}

/// A mistake and where it is, counted as people count.
fn mistake(source: &str, at: usize, kind: &ErrorKind) -> String {
    let before = source.get(..at).unwrap_or(source);
    // The line of the key is ours, and so are the four spaces before each line.
    let line = before.matches('\n').count().max(1);
    let column = before.rsplit('\n').next().map_or(0, |line| line.chars().count()).saturating_sub(4) + 1;
    let why = match kind {
        ErrorKind::UnbalancedClosingBrace => "a } without its {; write { \"}\" } for the sign itself".to_owned(),
        ErrorKind::ExpectedToken('}') => "a { without its }; write { \"{\" } for the sign itself".to_owned(),
        ErrorKind::MissingDefaultVariant => "no variant is marked with *; mark the one for all other cases".to_owned(),
        ErrorKind::ExpectedInlineExpression => "after { comes a value, such as { $minutes }".to_owned(),
        other => other.to_string(),
    };
    format!("line {line}, character {column}: {why}")
}

/// What Fluent has and these texts do not: references to other texts and functions, which are not there to be called.
pub(super) fn foreign(pattern: &Pattern<String>) -> Vec<String> {
    let mut problems = Vec::new();
    each(pattern, &mut |inline| match inline {
        InlineExpression::FunctionReference { id, .. } => {
            problems.push(format!("there is no function {}; write the value alone, such as {{ $minutes }}", id.name));
        }
        InlineExpression::TermReference { id, .. } => {
            problems.push(format!("there is no term -{}; write the words themselves", id.name));
        }
        InlineExpression::MessageReference { id, .. } => {
            problems.push(format!(
                "a text can't hold another ({}); write the words themselves, or a value with $",
                id.name
            ));
        }
        _ => {}
    });
    problems
}

/// The values that a pattern names anywhere.
pub(super) fn named(pattern: &Pattern<String>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    each(pattern, &mut |inline| {
        if let InlineExpression::VariableReference { id } = inline {
            names.insert(id.name.clone());
        }
    });
    names
}

/// The values that whoever reads it learns of, whichever variant is shown: by the words of a variant for a single value
/// too, since "1 minut" tells as much as a figure.
pub(super) fn told_to_all(pattern: &Pattern<String>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        match expression {
            Expression::Inline(inline) => names.extend(told_by(inline)),
            Expression::Select { selector, variants } => {
                let chosen_by = told_by(selector);
                let mut of_variants = variants.iter().map(|variant| {
                    let mut told = told_to_all(&variant.value);
                    told.extend(chosen_by.iter().filter(|_| is_for_one_value(variant, variants)).cloned());
                    told
                });
                let first = of_variants.next().unwrap_or_default();
                names.extend(of_variants.fold(first, |all, one| all.intersection(&one).cloned().collect()));
            }
        }
    }
    names
}

/// Whether a variant is shown for one count alone. In Swedish and English `one` is 1; the default is shown for whatever no
/// other variant is for.
fn is_for_one_value(variant: &Variant<String>, all: &[Variant<String>]) -> bool {
    let is_other =
        |variant: &Variant<String>| matches!(&variant.key, VariantKey::Identifier { name } if name == "other");
    !is_other(variant) && (!variant.default || all.iter().any(is_other))
}

fn told_by(inline: &InlineExpression<String>) -> BTreeSet<String> {
    match inline {
        InlineExpression::VariableReference { id } => [id.name.clone()].into(),
        InlineExpression::Placeable { expression } => {
            let element = PatternElement::Placeable { expression: (**expression).clone() };
            told_to_all(&Pattern { elements: vec![element] })
        }
        _ => BTreeSet::new(),
    }
}

/// The numbers that variants are chosen by, so that each can be looked at; and what else they are chosen by.
pub(super) fn choices(pattern: &Pattern<String>) -> (BTreeSet<i64>, Vec<String>) {
    let (mut numbers, mut problems) = (BTreeSet::new(), Vec::new());
    each_key(pattern, &mut |key| match key {
        VariantKey::NumberLiteral { value } => match value.parse() {
            Ok(number) => _ = numbers.insert(number),
            Err(_) => problems.push(format!("[{value}] is never chosen; counts are whole numbers")),
        },
        VariantKey::Identifier { name } if ["one", "other"].contains(&name.as_str()) => {}
        VariantKey::Identifier { name } => {
            problems.push(format!("[{name}] is never chosen; variants are [one], *[other] and numbers such as [2]"));
        }
    });
    let chosen_by = selectors(pattern);
    if chosen_by.len() > 1 {
        let names: Vec<_> = chosen_by.iter().map(|name| format!("{{ ${name} }}")).collect();
        problems.push(format!("variants are chosen by {}; choose them by one value", names.join(" and ")));
    }
    (numbers, problems)
}

/// The values that variants are chosen by.
fn selectors(pattern: &Pattern<String>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    each_expression(pattern, &mut |expression| {
        if let Expression::Select { selector, .. } = expression {
            names.extend(told_by(selector));
        }
    });
    names
}

/// Visits the keys of all variants.
fn each_key(pattern: &Pattern<String>, visit: &mut dyn FnMut(&VariantKey<String>)) {
    each_expression(pattern, &mut |expression| {
        if let Expression::Select { variants, .. } = expression {
            variants.iter().for_each(|variant| visit(&variant.key));
        }
    });
}

/// Visits all inline expressions.
fn each(pattern: &Pattern<String>, visit: &mut dyn FnMut(&InlineExpression<String>)) {
    each_expression(pattern, &mut |expression| match expression {
        Expression::Inline(inline) | Expression::Select { selector: inline, .. } => visit(inline),
    });
}

/// Visits all expressions, also those within others.
fn each_expression(pattern: &Pattern<String>, visit: &mut dyn FnMut(&Expression<String>)) {
    for element in &pattern.elements {
        if let PatternElement::Placeable { expression } = element {
            each_within(expression, visit);
        }
    }
}

fn each_within(expression: &Expression<String>, visit: &mut dyn FnMut(&Expression<String>)) {
    visit(expression);
    let (inline, variants) = match expression {
        Expression::Inline(inline) => (inline, [].as_slice()),
        Expression::Select { selector, variants } => (selector, variants.as_slice()),
    };
    if let InlineExpression::Placeable { expression } = inline {
        each_within(expression, visit);
    }
    for variant in variants {
        each_expression(&variant.value, visit);
    }
}
