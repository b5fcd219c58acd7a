// The Test Anything Protocol, as the scripts beside this one print it.
export let count = 0; // checks so far
let bad = 0;

export async function check(what, run) {
  count++;
  try {
    await run();
    console.log(`ok ${count} - ${what}`);
  } catch (error) {
    bad++;
    console.log(`not ok ${count} - ${what}`);
    const lines = String(error?.stack ?? error).split('\n').slice(0, 8);
    console.log(lines.map((l) => `# ${l.slice(0, 300)}`).join('\n'));
  }
}

export function skip(why) {
  console.log(`ok ${++count} # SKIP ${why}`);
}

export function must(condition, text) {
  if (!condition) throw new Error(text);
}

// Ends the process: with 1 when a check failed.
export function leave() {
  process.exit(bad ? 1 : 0);
}
