export default async function count() { return "3"; }
