module.exports = function left(text, width) { return text.padStart(width); };
