//! Queries of client groups: `attributes.floor >= 3 and authenticationName IN ["a", "b"]`.
//!
//! `and` binds tighter than `or`; order is for whole numbers alone (EG-OPEN-036).

use std::{iter::Peekable, str::CharIndices};

use super::{
    access::Identity,
    model::{Attribute, Attributes},
    syntax::SyntaxError,
};

/// A query that can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query(Condition);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Condition {
    Any(Vec<Self>),
    All(Vec<Self>),
    Compare { field: Field, test: Test },
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Field {
    AuthenticationName,
    Attribute(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Test {
    Is(Literal),
    IsNot(Literal),
    In(Vec<Literal>),
    Order(Order, i64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Literal {
    Text(String),
    Number(i64),
    Flag(bool),
}

/// Parentheses that may be open at once, so that no query exhausts the stack.
const DEPTH_MAX: usize = 32;

impl Query {
    /// Reads a query.
    ///
    /// # Errors
    /// Where it cannot be read on, what stands there, and what is expected.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        let mut parser = Parser { tokens: tokens(text)?, next: 0, depth: 0 };
        let condition = parser.any()?;
        match parser.peek() {
            Token::End => Ok(Self(condition)),
            _ => Err(parser.expected("`and`, `or` or the end")),
        }
    }

    /// Whether a client is of the group. An attribute that the client does not have fits no comparison;
    /// one that is an array fits where one of its items does, and differs where none is equal.
    pub fn selects(&self, identity: &Identity) -> bool {
        self.0.holds(identity)
    }
}

impl Condition {
    fn holds(&self, identity: &Identity) -> bool {
        match self {
            Self::Any(conditions) => conditions.iter().any(|it| it.holds(identity)),
            Self::All(conditions) => conditions.iter().all(|it| it.holds(identity)),
            Self::Compare { field: Field::AuthenticationName, test } => {
                test.holds_for_name(&identity.authentication_name)
            }
            Self::Compare { field: Field::Attribute(key), test } => {
                test.holds_for(&identity.attributes, key)
            }
        }
    }
}

impl Test {
    /// Authentication names are the same whatever their letter case (EG-OPEN-005).
    fn holds_for_name(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        let is = |it: &Literal| matches!(it, Literal::Text(text) if text.to_lowercase() == name);
        match self {
            Self::Is(literal) => is(literal),
            Self::IsNot(literal) => !is(literal),
            Self::In(literals) => literals.iter().any(is),
            Self::Order(..) => false,
        }
    }

    fn holds_for(&self, attributes: &Attributes, key: &str) -> bool {
        let Some(attribute) = attributes.get(key) else { return false };
        match self {
            Self::Is(literal) => literal.fits(attribute),
            Self::IsNot(literal) => !literal.fits(attribute),
            Self::In(literals) => literals.iter().any(|it| it.fits(attribute)),
            Self::Order(order, number) => {
                matches!(attribute, Attribute::Number(found) if order.holds(*found, *number))
            }
        }
    }
}

impl Order {
    const fn holds(self, left: i64, right: i64) -> bool {
        match self {
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

impl Literal {
    fn fits(&self, attribute: &Attribute) -> bool {
        match (self, attribute) {
            (Self::Text(text), Attribute::Text(found)) => text == found,
            (Self::Text(text), Attribute::List(items)) => items.contains(text),
            (Self::Number(number), Attribute::Number(found)) => number == found,
            (Self::Flag(flag), Attribute::Flag(found)) => flag == found,
            _ => false,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Text(String),
    Number(i64),
    /// `= != <> < <= > >= ( ) [ ] ,`
    Sign(&'static str),
    End,
}

/// Longer ones first.
const SIGNS: [&str; 12] = ["<=", ">=", "<>", "!=", "=", "<", ">", "(", ")", "[", "]", ","];

/// The tokens with where they begin.
fn tokens(text: &str) -> Result<Vec<(usize, Token)>, SyntaxError> {
    let mut tokens = Vec::new();
    let mut chars = text.char_indices().peekable();
    let position = |at: usize| text[..at].chars().count() + 1;
    while let Some(&(at, c)) = chars.peek() {
        let token = match c {
            _ if c.is_whitespace() => {
                chars.next();
                continue;
            }
            '"' | '\'' => {
                chars.next();
                let quoted = take_while(text, &mut chars, |next| next != c);
                if chars.next().is_none() {
                    let expected = format!("a closing {c}");
                    return Err(SyntaxError::new(position(text.len()), "the end", expected));
                }
                Token::Text(quoted.to_owned())
            }
            '-' | '0'..='9' => {
                let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_');
                let digits = take_while(text, &mut chars, is_part);
                let number = digits.parse().map_err(|_| {
                    let expected = "a whole number of 64 bits, or a text in quotes,";
                    SyntaxError::new(position(at), format!("`{digits}`"), expected)
                })?;
                Token::Number(number)
            }
            _ if c.is_alphabetic() || c == '_' || c == '$' => {
                let is_part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '$');
                Token::Word(take_while(text, &mut chars, is_part).to_owned())
            }
            _ => match SIGNS.iter().find(|sign| text[at..].starts_with(**sign)) {
                Some(sign) => {
                    for _ in sign.chars() {
                        chars.next();
                    }
                    Token::Sign(sign)
                }
                None => {
                    let expected = "a name, a value, a comparison or a parenthesis";
                    return Err(SyntaxError::new(position(at), format!("`{c}`"), expected));
                }
            },
        };
        tokens.push((position(at), token));
    }
    tokens.push((position(text.len()), Token::End));
    Ok(tokens)
}

fn take_while<'t>(
    text: &'t str,
    chars: &mut Peekable<CharIndices<'_>>,
    goes_on: impl Fn(char) -> bool,
) -> &'t str {
    let from = chars.peek().map_or(text.len(), |&(at, _)| at);
    while chars.next_if(|&(_, c)| goes_on(c)).is_some() {}
    let to = chars.peek().map_or(text.len(), |&(at, _)| at);
    &text[from..to]
}

struct Parser {
    /// The last one is the end.
    tokens: Vec<(usize, Token)>,
    next: usize,
    depth: usize,
}

impl Parser {
    fn any(&mut self) -> Result<Condition, SyntaxError> {
        let mut conditions = vec![self.all()?];
        while self.takes_word("or") {
            conditions.push(self.all()?);
        }
        Ok(match conditions.pop() {
            Some(only) if conditions.is_empty() => only,
            last => Condition::Any(conditions.into_iter().chain(last).collect()),
        })
    }

    fn all(&mut self) -> Result<Condition, SyntaxError> {
        let mut conditions = vec![self.one()?];
        while self.takes_word("and") {
            conditions.push(self.one()?);
        }
        Ok(match conditions.pop() {
            Some(only) if conditions.is_empty() => only,
            last => Condition::All(conditions.into_iter().chain(last).collect()),
        })
    }

    fn one(&mut self) -> Result<Condition, SyntaxError> {
        if !self.takes_sign("(") {
            return self.comparison();
        }
        if self.depth == DEPTH_MAX {
            let expected = format!("at most {DEPTH_MAX} parentheses within each other");
            let position = self.position() - 1;
            return Err(SyntaxError::new(position, "one more", expected));
        }
        self.depth += 1;
        let condition = self.any()?;
        self.depth -= 1;
        self.needs_sign(")", "`and`, `or` or `)`")?;
        Ok(condition)
    }

    fn comparison(&mut self) -> Result<Condition, SyntaxError> {
        const NAMES: &str = "`authenticationName`, `attributes.NAME` or `(`";
        let field = match self.peek() {
            Token::Word(word) if word == "authenticationName" => Field::AuthenticationName,
            Token::Word(word) => match word.strip_prefix("attributes.") {
                Some(key) if is_key(key) => Field::Attribute(key.to_owned()),
                _ => return Err(self.expected(NAMES)),
            },
            _ => return Err(self.expected(NAMES)),
        };
        self.next += 1;
        let test = if self.takes_word("in") {
            Test::In(self.set()?)
        } else if self.takes_sign("=") {
            Test::Is(self.literal()?)
        } else if self.takes_sign("!=") || self.takes_sign("<>") {
            Test::IsNot(self.literal()?)
        } else if let Some(order) = self.takes_order() {
            Test::Order(order, self.number()?)
        } else {
            return Err(self.expected("=, !=, <>, <, <=, >, >= or IN"));
        };
        Ok(Condition::Compare { field, test })
    }

    fn takes_order(&mut self) -> Option<Order> {
        let orders = [
            ("<", Order::Less),
            ("<=", Order::LessOrEqual),
            (">", Order::Greater),
            (">=", Order::GreaterOrEqual),
        ];
        let (_, order) = orders.into_iter().find(|(sign, _)| self.takes_sign(sign))?;
        Some(order)
    }

    /// `["a", "b"]`
    fn set(&mut self) -> Result<Vec<Literal>, SyntaxError> {
        self.needs_sign("[", "`[`")?;
        let mut literals = vec![self.literal()?];
        while self.takes_sign(",") {
            literals.push(self.literal()?);
        }
        self.needs_sign("]", "`,` or `]`")?;
        Ok(literals)
    }

    fn literal(&mut self) -> Result<Literal, SyntaxError> {
        let literal = match self.peek() {
            Token::Text(text) => Literal::Text(text.clone()),
            Token::Number(number) => Literal::Number(*number),
            Token::Word(word) if word.eq_ignore_ascii_case("true") => Literal::Flag(true),
            Token::Word(word) if word.eq_ignore_ascii_case("false") => Literal::Flag(false),
            _ => return Err(self.expected("a text in quotes, a whole number, true or false")),
        };
        self.next += 1;
        Ok(literal)
    }

    fn number(&mut self) -> Result<i64, SyntaxError> {
        let Token::Number(number) = *self.peek() else {
            return Err(self.expected("a whole number, since nothing else has an order,"));
        };
        self.next += 1;
        Ok(number)
    }

    fn takes_word(&mut self, wanted: &str) -> bool {
        let is_it = matches!(self.peek(), Token::Word(word) if word.eq_ignore_ascii_case(wanted));
        self.next += usize::from(is_it);
        is_it
    }

    fn takes_sign(&mut self, wanted: &str) -> bool {
        let is_it = matches!(self.peek(), Token::Sign(sign) if *sign == wanted);
        self.next += usize::from(is_it);
        is_it
    }

    fn needs_sign(&mut self, wanted: &str, expected: &str) -> Result<(), SyntaxError> {
        if self.takes_sign(wanted) { Ok(()) } else { Err(self.expected(expected)) }
    }

    fn peek(&self) -> &Token {
        self.tokens.get(self.next).map_or(&Token::End, |(_, token)| token)
    }

    fn position(&self) -> usize {
        self.tokens.get(self.next).or(self.tokens.last()).map_or(1, |(position, _)| *position)
    }

    fn expected(&self, expected: &str) -> SyntaxError {
        let found = match self.peek() {
            Token::Word(word) => format!("`{word}`"),
            Token::Text(text) => format!("the text \"{text}\""),
            Token::Number(number) => format!("`{number}`"),
            Token::Sign(sign) => format!("`{sign}`"),
            Token::End => "the end".to_owned(),
        };
        SyntaxError::new(self.position(), found, expected)
    }
}

fn is_key(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn identity() -> Identity {
        let attributes = [
            ("type", Attribute::Text("home".to_owned())),
            ("floor", Attribute::Number(3)),
            ("spare", Attribute::Flag(true)),
            ("sensors", Attribute::List(vec!["motion".to_owned(), "noise".to_owned()])),
        ];
        let attributes = attributes.map(|(key, value)| (key.to_owned(), value)).into();
        Identity { attributes, ..Identity::named("Client-1") }
    }

    #[test]
    fn a_query_selects_by_attributes_and_names() {
        for (query, selected) in [
            ("attributes.type = \"home\"", true),
            ("attributes.type = 'home'", true),
            ("attributes.type = 'Home'", false),
            ("attributes.type != 'home'", false),
            ("attributes.type <> 'office'", true),
            ("attributes.type IN ['office', 'home']", true),
            ("attributes.type in ['office']", false),
            ("attributes.floor = 3", true),
            ("attributes.floor = '3'", false),
            ("attributes.floor < 3", false),
            ("attributes.floor <= 3", true),
            ("attributes.floor > -1", true),
            ("attributes.floor >= 4", false),
            ("attributes.type > 3", false),
            ("attributes.floor IN [1, 3]", true),
            ("attributes.spare = true", true),
            ("attributes.spare = FALSE", false),
            ("attributes.sensors = 'noise'", true),
            ("attributes.sensors = 'heat'", false),
            ("attributes.sensors != 'noise'", false),
            ("attributes.sensors <> 'heat'", true),
            ("attributes.sensors IN ['heat', 'motion']", true),
            // What is not there fits nothing, and differs from nothing.
            ("attributes.absent = 1", false),
            ("attributes.absent != 1", false),
            ("authenticationName = 'Client-1'", true),
            ("authenticationName = 'client-1'", true),
            ("authenticationName != 'client-1'", false),
            ("authenticationName IN ['client-2', 'CLIENT-1']", true),
            ("authenticationName > 1", false),
            ("attributes.floor = 1 or attributes.floor = 3 and attributes.type = 'home'", true),
            ("attributes.floor = 3 or attributes.floor = 1 and attributes.type = 'x'", true),
            ("(attributes.floor = 3 or attributes.floor = 1) and attributes.type = 'x'", false),
            ("attributes.floor=3 AND(attributes.spare=true OR attributes.spare=1)", true),
            (
                "(attributes.sensors = \"motion\" or attributes.sensors = \"humidity\") or \
                 attributes.type = \"home-sensors\"",
                true,
            ),
        ] {
            let parsed = Query::parse(query).unwrap_or_else(|error| panic!("{query}: {error}"));
            assert_eq!(parsed.selects(&identity()), selected, "{query}");
        }
    }

    #[test]
    fn what_is_no_query_is_told_with_its_place() {
        let deep = format!("{}attributes.a = 1{}", "(".repeat(33), ")".repeat(33));
        const NAMES: &str = "where `authenticationName`, `attributes.NAME` or `(` is expected";
        for (query, says) in [
            ("", format!("the end at character 1, {NAMES}")),
            ("floor = 3", format!("`floor` at character 1, {NAMES}")),
            ("attributes. = 3", format!("`attributes.` at character 1, {NAMES}")),
            ("attributes.a.b = 3", format!("`attributes.a.b` at character 1, {NAMES}")),
            ("()", format!("`)` at character 2, {NAMES}")),
            ("attributes.a = 1 or", format!("the end at character 20, {NAMES}")),
            (
                "attributes.ä = 'é' §",
                "`§` at character 20, where a name, a value, a comparison or a parenthesis is \
                 expected"
                    .to_owned(),
            ),
            (
                "attributes.a == 1",
                "`=` at character 15, where a text in quotes, a whole number, true or false is \
                 expected"
                    .to_owned(),
            ),
            (
                "attributes.a is 1",
                "`is` at character 14, where =, !=, <>, <, <=, >, >= or IN is expected".to_owned(),
            ),
            (
                "attributes.a < 'b'",
                "the text \"b\" at character 16, where a whole number, since nothing else has an \
                 order, is expected"
                    .to_owned(),
            ),
            (
                "attributes.a = 1.5",
                "`1.5` at character 16, where a whole number of 64 bits, or a text in quotes, is \
                 expected"
                    .to_owned(),
            ),
            (
                "attributes.a = 99999999999999999999",
                "`99999999999999999999` at character 16, where a whole number of 64 bits, or a \
                 text in quotes, is expected"
                    .to_owned(),
            ),
            (
                "attributes.a = 'b",
                "the end at character 18, where a closing ' is expected".to_owned(),
            ),
            (
                "attributes.a IN 'b'",
                "the text \"b\" at character 17, where `[` is expected".to_owned(),
            ),
            (
                "attributes.a IN ['b' 'c']",
                "the text \"c\" at character 22, where `,` or `]` is expected".to_owned(),
            ),
            (
                "(attributes.a = 1",
                "the end at character 18, where `and`, `or` or `)` is expected".to_owned(),
            ),
            (
                "attributes.a = 1 attributes.b = 2",
                "`attributes.b` at character 18, where `and`, `or` or the end is expected"
                    .to_owned(),
            ),
            (
                deep.as_str(),
                "one more at character 33, where at most 32 parentheses within each other is \
                 expected"
                    .to_owned(),
            ),
        ] {
            let error = Query::parse(query).expect_err(query).to_string();
            assert_eq!(error, says, "{query}");
        }
    }

    /// Whatever is cut out of a query or put into one, it is read or refused, and its place is in it.
    #[test]
    fn nothing_that_is_written_upsets_the_parser() {
        let whole =
            "(attributes.a IN ['ä', \"b\"] or authenticationName <> 'c') and attributes.d <= -3";
        let chars: Vec<char> = whole.chars().collect();
        for from in 0..chars.len() {
            for to in from..=chars.len() {
                let without: String = chars[..from].iter().chain(&chars[to..]).collect();
                let part: String = chars[from..to].iter().collect();
                let doubled: String = chars[..to].iter().chain(&chars[from..]).collect();
                for text in [without, part, doubled] {
                    if let Err(error) = Query::parse(&text) {
                        let end = text.chars().count() + 1;
                        assert!((1..=end).contains(&error.position), "{text}: {error}");
                    }
                }
            }
        }
    }
}
