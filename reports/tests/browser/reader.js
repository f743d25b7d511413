// Runs at the end of the page. What is not as it should be ends up in an element that the test reads.
{
  const complaints = [];
  const want = (what, holds) => { if (!holds) complaints.push(what); };
  const visible = () => [...document.querySelectorAll(".scenario:not([hidden])")];
  const names = () => visible().map((fold) => fold.querySelector(".name").textContent);

  const failing = document.querySelector(".scenario.fail");
  want("the failing scenario is open", failing.open);
  // What draws the body of a fold is told a moment after it has opened.
  const drawn = new Promise((done) => {
    if (failing.matches(".drawn")) done();
    else failing.addEventListener("toggle", done, { once: true });
  });
  const read = async () => {
    await drawn;
    want("the requirement is shown", failing.textContent.includes("HUB-D2C-016: A publish at QoS 2"));
    const rows = [...failing.querySelectorAll(".talk li")];
    want("the conversation has its packets", rows.filter((row) => row.matches(".client, .cloud")).length === 9);
    const offending = failing.querySelectorAll(".talk .offending");
    want("one packet is marked", offending.length === 1);
    want("it is the one at QoS 2", offending[0]?.textContent.includes("PUBLISH q2"));
    want("it names the clause that it broke", offending[0]?.querySelector(".broke").textContent === "HUB-D2C-016");
    want("the cloud's answer has its reason", rows.some((row) => row.matches(".cloud") && row.textContent.includes("HUB-CONN-001")));
    want("the pause is told", failing.querySelector(".gap").textContent.includes("1.000 s later"));
    want("the back-off is drawn", document.querySelectorAll(".plot .column").length === 3);

    want("suspect checks come first", document.querySelector(".note").textContent.endsWith("Nobody can do this"));
    want("all are there at first", visible().length === RUN.scenarios.length);
    document.querySelector(".clause a[href='#clause=HUB-TWIN-039']").click();
    await new Promise((done) => addEventListener("hashchange", done, { once: true }));
    const judging = RUN.scenarios.filter(({ judged }) => judged?.some((one) => one.clause === "HUB-TWIN-039"));
    want("a click on a clause filters", judging.length > 0 && names().join() === judging.map(({ name }) => name).join());
    document.querySelector(".found button").click();
    want("a click on the filter takes it away", visible().length === RUN.scenarios.length);

    document.querySelector(".chip[data-outcome='error']").click();
    want("an outcome filters", names().join() === "The client connects");
    want("what is left alone is open", visible()[0].open);
    document.querySelector(".chip[data-outcome='error']").click();
    const search = document.querySelector("input[type=search]");
    search.value = "publish q2";
    search.dispatchEvent(new Event("input"));
    want("a search looks into packets", visible().every((fold) => fold.matches(".fail, .warn")));
    want("and finds what it looks for", names().includes("The client keeps to QoS 0 and 1"));
    search.value = "";
    search.dispatchEvent(new Event("input"));
    want("an empty search finds all", visible().length === RUN.scenarios.length);

    dispatchEvent(new Event("beforeprint"));
    want("on paper every fold is open", [...document.querySelectorAll("details")].every((fold) => fold.open));
    want("and drawn", document.querySelectorAll(".scenario .body").length === RUN.scenarios.length);
    want("nothing is wider than the window", document.documentElement.scrollWidth <= innerWidth);
  };
  addEventListener("load", () => read().catch((error) => complaints.push(error.message)).then(() => {
    const told = document.createElement("pre");
    told.id = "complaints";
    told.textContent = complaints.join("\n") || "none";
    document.body.append(told);
  }));
}
