//! The one door through which tasks are spawned. It counts who is awake, for the quiescence barrier,
//! and it hears every panic.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, AtomicU64, AtomicUsize, Ordering::SeqCst},
    },
    task::{Context, Poll, Wake, Waker},
};

use tokio::{sync::Notify, task::coop};

/// All tasks of one mock.
#[derive(Debug)]
pub(crate) struct Tasks {
    /// Counting costs a little at each wake-up; only a held clock needs it.
    counting: bool,
    /// Tasks that are woken or running.
    awake: AtomicUsize,
    /// How often a task fell awake.
    wakes: AtomicU64,
    fell_asleep: Notify,
    alive: AtomicUsize,
    ended: Notify,
}

impl Tasks {
    pub(crate) fn new(counting: bool) -> Arc<Self> {
        Arc::new(Self {
            counting,
            awake: AtomicUsize::new(0),
            wakes: AtomicU64::new(0),
            fell_asleep: Notify::new(),
            alive: AtomicUsize::new(0),
            ended: Notify::new(),
        })
    }

    /// Spawns what `make` makes. The future is made inside the task, so that it is not stored twice.
    #[expect(clippy::disallowed_methods, reason = "this is the door")]
    pub(crate) fn spawn<F: Future<Output = ()> + Send>(
        self: &Arc<Self>,
        make: impl FnOnce() -> F + Send + 'static,
        on_panic: impl FnOnce(String) + Send + 'static,
    ) {
        let task = Task::born(self);
        tokio::spawn(async move {
            // Outlives the future, so that a task counts as ended when all it held is dropped.
            let task = task;
            if let Err(message) = task.run(make).await {
                on_panic(message);
            }
        });
    }

    /// Counts as a task that is awake until it is dropped: somebody outside is about to answer.
    pub(crate) fn stay_awake(self: &Arc<Self>) -> Awake {
        let counted = self.counting.then(|| self.clone());
        if let Some(tasks) = &counted {
            tasks.wake_up();
        }
        Awake(counted)
    }

    /// Waits until no task is woken or running.
    pub(crate) async fn asleep(&self) {
        loop {
            let fell_asleep = self.fell_asleep.notified();
            if self.awake.load(SeqCst) == 0 {
                return;
            }
            fell_asleep.await;
        }
    }

    /// A number that changes whenever a task wakes up; `None` while one is awake.
    pub(crate) fn sleep_number(&self) -> Option<u64> {
        let wakes = self.wakes.load(SeqCst);
        (self.awake.load(SeqCst) == 0).then_some(wakes)
    }

    /// Waits until every task has ended.
    pub(crate) async fn gone(&self) {
        loop {
            let ended = self.ended.notified();
            if self.alive.load(SeqCst) == 0 {
                return;
            }
            ended.await;
        }
    }

    fn wake_up(&self) {
        self.awake.fetch_add(1, SeqCst);
        self.wakes.fetch_add(1, SeqCst);
    }

    fn fall_asleep(&self) {
        if self.awake.fetch_sub(1, SeqCst) == 1 {
            self.fell_asleep.notify_waiters();
        }
    }
}

/// See [`Tasks::stay_awake`].
pub(crate) struct Awake(Option<Arc<Tasks>>);

impl Drop for Awake {
    fn drop(&mut self) {
        if let Some(tasks) = &self.0 {
            tasks.fall_asleep();
        }
    }
}

const ASLEEP: u8 = 0;
const WOKEN: u8 = 1;
const RUNNING: u8 = 2;
const RUNNING_WOKEN: u8 = 3;
const ENDED: u8 = 4;

/// One task, from spawn to the end of everything it holds.
struct Task {
    tasks: Arc<Tasks>,
    /// Present when awake tasks are counted.
    sleeper: Option<(Arc<Sleeper>, Waker)>,
}

impl Task {
    fn born(tasks: &Arc<Tasks>) -> Self {
        tasks.alive.fetch_add(1, SeqCst);
        let sleeper = tasks.counting.then(|| {
            tasks.wake_up();
            let sleeper = Arc::new(Sleeper {
                tasks: tasks.clone(),
                state: AtomicU8::new(WOKEN),
                runtime: Mutex::new(None),
            });
            let waker = Waker::from(sleeper.clone());
            (sleeper, waker)
        });
        Self { tasks: tasks.clone(), sleeper }
    }

    /// Runs to the end, or to a panic's message.
    async fn run<F: Future<Output = ()>>(&self, make: impl FnOnce() -> F) -> Result<(), String> {
        let mut future = pin!(make());
        std::future::poll_fn(move |cx| {
            let polled = catch_unwind(AssertUnwindSafe(|| self.poll(cx, future.as_mut())));
            match polled {
                Ok(poll) => poll.map(Ok),
                Err(payload) => Poll::Ready(Err(crate::failure::message_of(&*payload))),
            }
        })
        .await
    }

    fn poll(&self, cx: &mut Context<'_>, future: Pin<&mut impl Future<Output = ()>>) -> Poll<()> {
        let Some((sleeper, waker)) = &self.sleeper else { return future.poll(cx) };
        sleeper.run(cx.waker());
        let poll = future.poll(&mut Context::from_waker(waker));
        if poll.is_pending() {
            sleeper.pause(cx.waker());
        }
        poll
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        if let Some((sleeper, _)) = &self.sleeper
            && sleeper.state.swap(ENDED, SeqCst) != ASLEEP
        {
            self.tasks.fall_asleep();
        }
        if self.tasks.alive.fetch_sub(1, SeqCst) == 1 {
            self.tasks.ended.notify_waiters();
        }
    }
}

/// A task's waker: counts, then passes on to the runtime's.
struct Sleeper {
    tasks: Arc<Tasks>,
    state: AtomicU8,
    runtime: Mutex<Option<Waker>>,
}

impl Sleeper {
    /// The runtime polls the task.
    fn run(&self, runtime: &Waker) {
        let mut known = self.runtime();
        if !known.as_ref().is_some_and(|known| known.will_wake(runtime)) {
            *known = Some(runtime.clone());
        }
        drop(known);
        if self.state.swap(RUNNING, SeqCst) == ASLEEP {
            self.tasks.wake_up();
        }
    }

    /// The task has nothing more to do for now.
    fn pause(&self, runtime: &Waker) {
        if !coop::has_budget_remaining() {
            // The runtime made it pause, and will wake it by a way that no waker sees.
            self.state.store(WOKEN, SeqCst);
            runtime.wake_by_ref();
        } else if self.state.compare_exchange(RUNNING, ASLEEP, SeqCst, SeqCst).is_ok() {
            self.tasks.fall_asleep();
        } else {
            self.state.store(WOKEN, SeqCst);
        }
    }

    fn runtime(&self) -> MutexGuard<'_, Option<Waker>> {
        self.runtime.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Sleeper {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        loop {
            match self.state.load(SeqCst) {
                ASLEEP => {
                    // Counted before it shows, so that nobody sees a woken task that is not counted.
                    self.tasks.wake_up();
                    if self.state.compare_exchange(ASLEEP, WOKEN, SeqCst, SeqCst).is_ok() {
                        break;
                    }
                    self.tasks.fall_asleep();
                }
                RUNNING => {
                    let marked =
                        self.state.compare_exchange(RUNNING, RUNNING_WOKEN, SeqCst, SeqCst);
                    if marked.is_ok() {
                        break;
                    }
                }
                _ => return,
            }
        }
        if let Some(runtime) = &*self.runtime() {
            runtime.wake_by_ref();
        }
    }
}
