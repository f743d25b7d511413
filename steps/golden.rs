//! Golden transcripts: one conversation for each feature area, wire and rulings, byte for byte.
//!
//! The scenarios tagged `@golden` run over real sockets; their traces must be the same each time.

use skyproof::suite::{Options, Suite};

struct Silent;

impl reports::Report for Silent {
    fn tell(&mut self, _: &reports::Event) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn transcripts_are_stable() {
    let options = Options {
        tags: Some("@golden".to_owned()),
        features: Some(concat!(env!("CARGO_MANIFEST_DIR"), "/features").into()),
        keeps_transcripts: true,
        ..Options::default()
    };
    let suite = Suite::new(&options).map_err(|trouble| trouble.to_string()).unwrap();
    let finished = suite.run(&mut Silent).await.unwrap();
    for scenario in finished {
        let name = format!("{}: {}", scenario.feature, scenario.name);
        let lines: Vec<&str> = scenario.transcript.iter().map(|line| line.text.as_str()).collect();
        assert!(!lines.is_empty(), "{name} left no transcript");
        let slug: String = name
            .to_lowercase()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        insta::with_settings!({ description => name, prepend_module_to_snapshot => false }, {
            insta::assert_snapshot!(slug, lines.join("\n"));
        });
    }
}
