-- What of strangers' markup may reach a file: text, structure and formulas; no raw markup, no
-- pictures but the content's own figures, no attributes but a listing's language, no links but to the web.

local safe = {}

-- Links within the document are ours alone: one to a place that is not there stops the typesetter.
local function is_allowed(target, sources)
  local lower = target:lower()
  local source = tonumber(target:match('^#source%-(%d+)$'))
  return lower:match('^https?://') or lower:match('^mailto:') or (source and source <= (sources or 0))
end

-- Formulas in Typst's form, false for each that Pandoc does not understand. All are written at once,
-- divided by comments: a call of Pandoc's writer takes milliseconds, and a lesson may hold thousands. The
-- comment is a hash of all formulas, so that none of them can hold it and pass for two.
local function in_typst(formulas)
  local blocks, sources = pandoc.List(), pandoc.List()
  for _, formula in ipairs(formulas) do sources:insert(formula.text) end
  local mark = pandoc.utils.sha1(table.concat(sources, '\0'))
  for _, formula in ipairs(formulas) do
    blocks:insert(pandoc.Plain({formula}))
    blocks:insert(pandoc.RawBlock('typst', '/*' .. mark .. '*/'))
  end
  local written = pandoc.write(pandoc.Pandoc(blocks), 'typst', {wrap_text = 'none'})
  local texts = pandoc.List()
  for text in written:gmatch('(.-)/%*' .. mark .. '%*/') do
    local trimmed = text:gsub('^%s+', ''):gsub('%s+$', '')
    texts:insert(trimmed:sub(1, 1) == '$' and trimmed or false)
  end
  return texts
end

local function without_attributes(element)
  element.attr = pandoc.Attr(element.identifier:match('^[%w%-_]*$') and element.identifier or '')
  return element
end

-- A filter that lets structure and text pass; `sources` is how many entries the list of sources has,
-- `figures` where the picture of each figure is found.
local function structure(sources, figures)
  return {
    traverse = 'topdown',
    Image = function(image)
      local target = figures[tonumber(image.src:match('^figure%-(%d+)$'))]
      if not target then return image.caption end
      local alt = pandoc.Inlines({pandoc.Str(pandoc.utils.stringify(image.caption))})
      return pandoc.Image(alt, target, '', pandoc.Attr('', {}, {width = '80%'})), false
    end,
    Figure = function(figure) return figure.content end,
    RawInline = function() return {} end,
    RawBlock = function() return {} end,
    Span = function(span) return span.content end,
    Div = function(div) return div.content end,
    Header = without_attributes,
    Code = function(code) return pandoc.Code(code.text) end,
    CodeBlock = function(block)
      local language = (block.classes[1] or ''):match('^[%w%+#%-]+$')
      return pandoc.CodeBlock(block.text, pandoc.Attr('', language and {language} or {}))
    end,
    Link = function(link)
      if not is_allowed(link.target, sources) then return link.content end
      return pandoc.Link(link.content, link.target)
    end,
  }
end

-- Several texts, each a list of blocks, without what is unsafe, and all their formulas in order:
-- {source, typst, refused}. `figures` is where the picture of each figure is found. Formulas whose numbers, from 0, are keys of `refused`, and those that Pandoc
-- does not understand become their source, unless they are kept.
function safe.cleaned(texts, refused, sources, are_formulas_kept, figures)
  local formulas = pandoc.List()
  local clean = pandoc.List()
  for number, blocks in ipairs(texts) do
    clean[number] = blocks:walk(structure(sources, figures or {}))
    clean[number]:walk({Math = function(formula) formulas:insert(formula) end})
  end
  local typst = in_typst(formulas)
  local seen = pandoc.List()
  local function judged(formula)
    local form = typst[#seen + 1]
    local is_refused = not are_formulas_kept and (refused[tostring(#seen)] or not form) and true or false
    seen:insert({source = formula.text, typst = form, refused = is_refused})
    if is_refused then return pandoc.Code(formula.text) end
  end
  for number, blocks in ipairs(clean) do
    clean[number] = blocks:walk({Math = judged})
  end
  return clean, seen
end

local function bracketed(text)
  local pieces = pandoc.List()
  if text:match('^%(%w+%)') then
    pieces:insert(pandoc.RawInline('markdown', '\\('))
    text = text:sub(2)
  end
  while true do
    local before, bracket, after = text:match('^([^%[%]]*)([%[%]])(.*)$')
    if not before then break end
    if before ~= '' then pieces:insert(pandoc.Str(before)) end
    pieces:insert(pandoc.RawInline('markdown', bracket == '[' and '\\[' or ']'))
    text = after
  end
  if text ~= '' then pieces:insert(pandoc.Str(text)) end
  return pieces
end

-- A filter for Markdown. Its writer escapes both brackets, and what it writes so reads as a formula.
safe.brackets = {
  traverse = 'topdown',
  Link = function(link) return link, false end,
  Str = function(str)
    if str.text:match('[%[%]]') or str.text:match('^%(%w+%)') then return bracketed(str.text) end
  end,
}

return safe
