// Who is logged in, and the way out; nothing where the server knows no people.

async function show() {
  const top = document.querySelector("#top #new");
  if (!top) return requestAnimationFrame(show);
  const { name } = await (await fetch("api/person")).json();
  if (!name) return;
  const leave = document.createElement("button");
  leave.id = "leave";
  leave.type = "button";
  leave.textContent = "Log out";
  leave.title = `Logged in as ${name}`;
  leave.addEventListener("click", async () => {
    await fetch("logout", { method: "POST" });
    // Nothing of this person is kept anew when the page goes.
    for (const field of document.querySelectorAll("#kept textarea, #question textarea")) field.value = "";
    sessionStorage.clear();
    location.assign("login");
  });
  top.after(leave);
}
show().catch(() => {});
