// Tables that can be sorted by their heads, and long ones that open on request.
// The rows stand in the page already; without this script they are simply all there.

const FIRST_ROWS = 12;

function cellValue(row, column) {
  const cell = row.cells[column];
  if (column === 0) return cell.textContent;
  return cell.dataset.v === undefined ? null : Number(cell.dataset.v);
}

// What has no figure stands last in both directions; equal rows keep their order.
function compare(a, b, sign) {
  if (a === null || b === null) return (a === null) - (b === null);
  if (typeof a === "string") return sign * a.localeCompare(b, "en", { numeric: true });
  return sign * (a - b);
}

function sortBy(table, column, direction) {
  const body = table.tBodies[0];
  const sign = direction === "ascending" ? 1 : -1;
  const rows = Array.from(body.rows, (row, place) => ({ row, place, v: cellValue(row, column) }));
  rows.sort((a, b) => compare(a.v, b.v, sign) || a.place - b.place);
  for (const { row } of rows) body.append(row);
  for (const th of table.tHead.rows[0].cells) th.removeAttribute("aria-sort");
  table.tHead.rows[0].cells[column].setAttribute("aria-sort", direction);
}

function fold(table) {
  const rows = Array.from(table.tBodies[0].rows);
  rows.forEach((row, i) => row.classList.toggle("more", i >= FIRST_ROWS));
}

export function makeSortable(table) {
  let folded = table.tBodies[0].rows.length > FIRST_ROWS + 3;
  Array.from(table.tHead.rows[0].cells).forEach((th, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...th.childNodes);
    th.append(button);
    button.addEventListener("click", () => {
      const first = column === 0 ? "ascending" : "descending";
      const second = column === 0 ? "descending" : "ascending";
      sortBy(table, column, th.getAttribute("aria-sort") === first ? second : first);
      if (folded) fold(table);
    });
  });
  if (!folded) return;
  fold(table);
  const show = document.createElement("button");
  show.type = "button";
  show.className = "show";
  show.textContent = "Show all " + table.tBodies[0].rows.length + " rows";
  show.addEventListener("click", () => {
    folded = false;
    for (const row of table.tBodies[0].rows) row.classList.remove("more");
    show.remove();
  });
  table.parentElement.after(show);
}
