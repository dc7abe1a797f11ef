-- Converts many small pieces in one start of Pandoc: reads request.json, writes answer.json.

local safe = dofile('safe_markup.lua')

local function read(name)
  local file <close> = assert(io.open(name, 'rb'))
  return file:read('a')
end

local request = pandoc.json.decode(read('request.json'))
local refused = {}
for _, number in ipairs(request.refused) do refused[number] = true end
local options = {wrap_text = 'none', html_math_method = request.formulas, highlight_method = 'none'}
local function formula_of(piece)
  return pandoc.Math(piece.display and 'DisplayMath' or 'InlineMath', piece.text)
end

local function content_of(inline) return inline.content end

-- A line of plain text keeps nothing but its formulas.
local as_line = {
  Math = function(formula) return pandoc.RawInline('plain', '$' .. formula.text .. '$') end,
  Emph = content_of, Strong = content_of, Strikeout = content_of, Underline = content_of,
  Superscript = content_of, Subscript = content_of, Link = content_of,
  Code = function(code) return pandoc.Str(code.text) end,
  SoftBreak = function() return pandoc.Space() end,
  LineBreak = function() return pandoc.Space() end,
  Note = function() return {} end,
}

local texts = pandoc.List()
for number, piece in ipairs(request.pieces) do
  if piece.kind == 'formula' then
    texts[number] = pandoc.Blocks({pandoc.Plain({formula_of(piece)})})
  else
    -- The list of files makes Pandoc read in its sandbox.
    texts[number] = pandoc.read(piece.text, request.from, {}, {}).blocks
  end
end

local clean, seen = safe.cleaned(texts, refused, 0, request.are_formulas_kept, request.figures)
local written = pandoc.List()
for number, piece in ipairs(request.pieces) do
  local blocks, to = clean[number], request.to
  if piece.kind == 'line' then
    blocks, to = blocks:walk(as_line), 'plain'
  end
  if to:match('^commonmark') then blocks = blocks:walk(safe.brackets) end
  written[number] = (pandoc.write(pandoc.Pandoc(blocks), to, options):gsub('%s+$', ''))
end

local file <close> = assert(io.open('answer.json', 'wb'))
file:write(pandoc.json.encode({texts = written, formulas = seen}))
