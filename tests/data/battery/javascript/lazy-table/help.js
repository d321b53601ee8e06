export async function run() { console.log("help"); }
