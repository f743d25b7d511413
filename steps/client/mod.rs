//! A client under test: the command that starts it, its identity, and what it is seen to do.

pub(crate) mod backoff;
mod claims;
pub(crate) mod conversation;
pub(crate) mod ledger;
pub(crate) mod probe;
mod process;
mod spec;
pub(crate) mod warp;

use std::{sync::Arc, time::Duration};

use cloud::{
    Action, Cloud, Order, Step, catalogue,
    identity::{Credentials, IdentityId},
    registry::{Attestation, Enrollment, default_key},
};
use reports::Outcome;
use server::Mock;
use wire::Packet;

use self::process::{Ended, Process};
pub(crate) use self::spec::is_capability;
pub use self::spec::{CAPABILITIES, Claims, PATIENCE, Spec, quoted};
use crate::{
    facts::{Facts, Files, Places},
    scene::ID_SCOPE,
    world::{Account, Failed, Said, World},
};

/// The client of one scenario.
#[derive(Debug)]
pub(crate) struct Subject {
    /// Its name at the hub and at DPS: a random slug, so that nobody can tell the scenario by it.
    pub(crate) id: IdentityId,
    case: String,
    proof: Proof,
    pub(crate) process: Option<Process>,
    /// The newest step when the last stimulus was given: what comes later is the reaction.
    pub(crate) mark: u64,
    /// The newest step before the process was ended: what comes later says nothing.
    last: Option<u64>,
    /// Trouble with the process, once it has ended.
    pub(crate) trouble: Option<String>,
}

/// How it proves its identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    Key,
    Certificate,
}

/// What a step of the trace has to show, and whose it is.
pub(crate) type Look<'a, T> = &'a mut (dyn FnMut(&Step) -> Option<T> + Send);

impl World {
    /// Who is certified; an error in a run without a client.
    pub(crate) fn spec(&self) -> Result<Arc<Spec>, Failed> {
        self.settings.client.clone().ok_or_else(|| Failed::not_run("needs a client under test"))
    }

    /// The client of this scenario, whose identity is made on first mention.
    pub(crate) fn subject(&mut self) -> Result<&mut Subject, Failed> {
        if self.client.is_none() {
            let spec = self.spec()?;
            let slug = spec.slug();
            let id = slug.parse().map_err(|_| Failed::from(format!("`{slug}` is no device id")))?;
            // A namespace knows no keys.
            let proof = if spec.is_of_event_grid() { Proof::Certificate } else { Proof::Key };
            self.client = Some(Subject {
                id,
                case: slug,
                proof,
                process: None,
                mark: 0,
                last: None,
                trouble: None,
            });
        }
        self.client.as_mut().ok_or_else(|| Failed::new("a client", "none"))
    }

    /// Gives the client a certificate instead of a key.
    pub(crate) fn give_certificate(&mut self) -> Said {
        self.subject()?.proof = Proof::Certificate;
        Ok(())
    }

    /// Makes the client a module of a device.
    pub(crate) fn make_module(&mut self) -> Said {
        let subject = self.subject()?;
        subject.id.module = Some("thermostat".to_owned());
        Ok(())
    }

    /// Starts the mock, and then the client's process.
    pub(crate) async fn start_client(&mut self) -> Said {
        let spec = self.spec()?;
        let facts = self.arrange_client(&spec).await?;
        let mock = self.client_mock().await?;
        let environment = spec.environment(&facts, &mock, &self.tags);
        let subject = self.subject()?;
        let process = Process::start(&spec.argv(), &environment, &subject.case)?;
        subject.process = Some(process);
        Ok(())
    }

    /// Sees to it that the cloud knows the client, and tells what the client has to be told.
    async fn arrange_client(&mut self, spec: &Arc<Spec>) -> Result<Facts, Failed> {
        let (id, case, proof) = {
            let subject = self.subject()?;
            (subject.id.clone(), subject.case.clone(), subject.proof)
        };
        let mut files = Files { ca: spec.ca_file(), device: None };
        let scene = self.scene()?;
        let certificate = match proof {
            Proof::Key => None,
            Proof::Certificate => Some(scene.certificate("device/right", &case)?),
        };
        if let Some(leaf) = &certificate {
            let (pem, key) = spec.keep(&case, leaf)?;
            files.device = Some((id.to_string(), pem, key));
        }
        let root = scene.authorities.get(certs::Role::Root, certs::Algorithm::EcdsaP256);
        let root = root.der().to_vec();
        if spec.is_of_event_grid() {
            scene.declare_client(&case)?;
        } else if spec.is_of_alibaba() {
            scene.declare_client_device(&case)?;
        } else if spec.is_of_dps() {
            let attestation = match proof {
                Proof::Key => Attestation::Keys {
                    primary: default_key(ID_SCOPE, &case, "primary"),
                    secondary: default_key(ID_SCOPE, &case, "secondary"),
                },
                Proof::Certificate => Attestation::Certificate(root),
            };
            scene.provisioning_mut()?.put_enrollment(Enrollment::new(&case, attestation));
        } else {
            let hub = scene.hub_mut()?;
            match proof {
                Proof::Key => {
                    let device = IdentityId { module: None, ..id.clone() };
                    hub.put_default_identity(id.clone());
                    // Of a module and its device only the one that connects is told of.
                    if id.module.is_some() {
                        hub.put_identity(device, Credentials::Authority);
                    }
                }
                Proof::Certificate => {
                    hub.authorities.push(root);
                    hub.put_identity(id.clone(), Credentials::Authority);
                }
            }
        }
        let registry = scene.registry_mut()?.clone();
        let mock = self.client_mock().await?;
        let places = Places {
            bind: mock.mqtt_address().ip(),
            mqtt_port: mock.mqtt_address().port(),
            wss_port: mock.wss_address().port(),
            tcp_port: mock.tcp_address().map(|address| address.port()),
            admin: mock.mqtt_address(),
        };
        Ok(Facts::new(&registry, places, &files, String::new(), mock.now()))
    }

    /// The mock, on its running clock.
    pub(crate) async fn client_mock(&mut self) -> Result<Arc<Mock>, Failed> {
        self.scene()?.mock().await
    }

    /// From now on only what comes later counts.
    pub(crate) async fn mark(&mut self) -> Said {
        let mock = self.client_mock().await?;
        self.subject()?.mark = mock.with_cloud(|cloud| cloud.trace().last_number());
        Ok(())
    }

    /// Waits until a step since the mark shows it, at most so long on the scene's clock and what a busy
    /// machine may add. `None` when the time is over.
    ///
    /// # Errors
    /// When the client's process ends before.
    pub(crate) async fn see<T: Send>(
        &mut self,
        within: Duration,
        look: Look<'_, T>,
    ) -> Result<Option<T>, Failed> {
        let spec = self.spec()?;
        self.see_until(spec.with_slack(within), look).await
    }

    /// As [`World::see`], where it counts that nothing is seen: for exactly so long.
    pub(crate) async fn see_exactly<T: Send>(
        &mut self,
        within: Duration,
        look: Look<'_, T>,
    ) -> Result<Option<T>, Failed> {
        self.see_until(within, look).await
    }

    async fn see_until<T: Send>(
        &mut self,
        within: Duration,
        look: Look<'_, T>,
    ) -> Result<Option<T>, Failed> {
        let mock = self.client_mock().await?;
        let deadline = mock.now().plus_ms(u64::try_from(within.as_millis()).unwrap_or(u64::MAX));
        let subject = self.subject()?;
        // Each step is told once, however often somebody looks.
        let mut told = subject.mark;
        let mut find = |cloud: &Cloud| {
            cloud.trace().since(told).find_map(|step| {
                told = step.number;
                look(step)
            })
        };
        let Some(process) = &mut subject.process else {
            return Ok(mock.wait_until(deadline, find).await);
        };
        let ended = tokio::select! {
            biased;
            found = mock.wait_until(deadline, &mut find) => return Ok(found),
            ended = process.ended() => ended,
        };
        // Its last words may still be on the wire.
        let last = mock.now().plus_ms(spec::LAST_WORDS_MS);
        if let Some(found) = mock.wait_until(last, find).await {
            return Ok(Some(found));
        }
        Err(failed(ended))
    }

    /// Waits for the client's good connection.
    pub(crate) async fn must_connect(&mut self) -> Said {
        let patience = self.spec()?.patience();
        let mut refused = None;
        let connected = self
            .see_until(patience, &mut |step: &Step| {
                refused = refusal(step).or(refused.take());
                connack(step).filter(|code| *code == 0).map(|_| step.number)
            })
            .await?;
        match (connected, refused) {
            (Some(number), _) => {
                self.subject()?.mark = number;
                Ok(())
            }
            (None, Some(why)) => Err(Failed::new("a good connection of the client", why)),
            (None, None) => Err(Failed::new(
                "a good connection of the client",
                format!("none within {} s", patience.as_secs()),
            )
            .hint(self.last_words())),
        }
    }

    /// What the process wrote last, for hints.
    pub(crate) fn last_words(&self) -> String {
        let process = self.client.as_ref().and_then(|subject| subject.process.as_ref());
        let words = process.map(Process::last_words).unwrap_or_default();
        if words.is_empty() {
            "the client said nothing; it is told where to connect by SKYPROOF_HOST, SKYPROOF_PORT \
             and IOTHUB_DEVICE_CONNECTION_STRING, MQTT_HOST_NAME or ALI_PRODUCT_KEY"
                .to_owned()
        } else {
            format!("the client said:\n{words}")
        }
    }

    /// Gives an order of the operator or the service side, and waits for its answer.
    pub(crate) async fn order_for_client(&mut self, order: Order) -> Result<cloud::Answer, Failed> {
        let mock = self.client_mock().await?;
        Ok(mock.order(order).await)
    }

    /// Gives an order that has to be carried out.
    pub(crate) async fn carry_out(&mut self, order: Order) -> Said {
        let answer = self.order_for_client(order).await?;
        answer.map(|_| ()).map_err(|error| Failed::from(error.to_string()))
    }

    /// What the client was seen to do.
    pub(crate) fn account(&self, passed: bool) -> Account {
        let is_clause = |tag: &&String| catalogue::find(tag).is_some();
        let offending = match (passed, self.found_broken.is_empty()) {
            (true, _) => Vec::new(),
            (false, false) => self.found_broken.clone(),
            (false, true) => self.tags.iter().filter(is_clause).cloned().collect(),
        };
        let subject = self.client.as_ref();
        let last = subject.and_then(|subject| subject.last).unwrap_or(u64::MAX);
        self.with_steps(|steps| {
            let lived: Vec<&Step> =
                steps.iter().copied().filter(|step| step.number <= last).collect();
            Account {
                judged: ledger::of(&lived, &self.tags),
                conversation: reports::Conversation {
                    backoff: self.backoff.clone(),
                    ..conversation::of(&lived, &offending)
                },
                trouble: subject.and_then(|subject| subject.trouble.clone()),
            }
        })
    }

    /// Ends the process; what was not in order is remembered.
    pub(crate) async fn end_client(&mut self) {
        let last = self.with_steps(|steps| steps.last().map(|step| step.number));
        if let Some(subject) = &mut self.client
            && let Some(process) = subject.process.take()
        {
            subject.last = last;
            subject.trouble = process.end().await;
        }
    }
}

/// The code of a CONNACK that this step sent.
pub(crate) fn connack(step: &Step) -> Option<u8> {
    step.effects.iter().find_map(|effect| match &effect.action {
        Action::Send { packet: Packet::Connack(connack), .. } => Some(connack.code),
        _ => None,
    })
}

/// Why this step turned a client away.
pub(crate) fn refusal(step: &Step) -> Option<String> {
    if let cloud::Input::Refused { .. } = &step.input {
        return Some(step.input.to_string());
    }
    let code = connack(step).filter(|code| *code != 0)?;
    let because = step.effects.iter().find_map(|effect| match &effect.action {
        Action::Send { packet: Packet::Connack(_), .. } => Some(effect.because),
        _ => None,
    })?;
    Some(format!("CONNACK {code}, because of {because}"))
}

/// What the early end of a process says of a scenario.
fn failed(ended: Ended) -> Failed {
    match ended {
        Ended::Declined(said) => {
            let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
            let said = if said.is_empty() { said } else { format!(": {said}") };
            let reason = format!("the client declines by exit code 127{said}");
            Failed::instead(Outcome::Unsupported(reason))
        }
        Ended::Early { told, .. } => Failed::error("a client that runs", told),
    }
}
