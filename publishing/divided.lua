-- Makes blocks fit for slides. PowerPoint takes formulas in text boxes only, and what Pandoc writes for
-- others it does not open; so those of headings and tables become text with superscripts.
-- Divides blocks among slides: a slide begins at each heading and again once it is full, under the same
-- heading; a paragraph that is longer than a slide is divided after a sentence.

local stops = {['.'] = true, ['!'] = true, ['?'] = true, ['।'] = true}

local function length(element)
  return utf8.len(pandoc.utils.stringify(element)) or 0
end

local function ends_sentence(inline)
  return inline.t == 'Str' and stops[inline.text:match(utf8.charpattern .. '$') or '']
end

local function paragraphs(paragraph, limit)
  local pieces, current, count = pandoc.List(), pandoc.List(), 0
  for _, inline in ipairs(paragraph.content) do
    if #current > 0 or inline.t ~= 'Space' then current:insert(inline) end
    count = count + length(inline)
    local is_full = count >= limit * 0.8 and ends_sentence(inline) or count >= limit * 1.2 and inline.t == 'Space'
    if is_full then
      pieces:insert(pandoc.Para(current))
      current, count = pandoc.List(), 0
    end
  end
  if #current > 0 then pieces:insert(pandoc.Para(current)) end
  return pieces
end

local function lists(list, limit)
  local pieces, current, count = pandoc.List(), pandoc.List(), 0
  local start = list.start or 1
  local function close()
    if #current == 0 then return end
    if list.t == 'OrderedList' then
      pieces:insert(pandoc.OrderedList(current, {start, list.style, list.delimiter}))
    else
      pieces:insert(pandoc.BulletList(current))
    end
    start = start + #current
    current, count = pandoc.List(), 0
  end
  for _, item in ipairs(list.content) do
    local size = length(pandoc.Blocks(item)) + 40
    if count + size > limit then close() end
    current:insert(item)
    count = count + size
  end
  close()
  return pieces
end

local function divided(block, limit)
  if length(block) <= limit then return pandoc.List({block}) end
  if block.t == 'Para' or block.t == 'Plain' then return paragraphs(block, limit) end
  if block.t == 'BulletList' or block.t == 'OrderedList' then return lists(block, limit) end
  return pandoc.List({block})
end

local function is_picture(block)
  return block.t == 'Para' and #block.content == 1 and block.content[1].t == 'Image'
end

local function stands_alone(block)
  return block.t == 'Table' or block.t == 'CodeBlock' or is_picture(block)
end

local function as_text(formula)
  local html = pandoc.write(pandoc.Pandoc({pandoc.Plain({formula})}), 'html5', {html_math_method = 'plain'})
  local blocks = pandoc.read(html, 'html').blocks
  return #blocks > 0 and pandoc.utils.blocks_to_inlines(blocks) or pandoc.Str(formula.text)
end

local without_formulas = {Math = as_text}

local function simplified(block)
  if block.t == 'Header' or block.t == 'Table' then return block:walk(without_formulas) end
  return block
end

return function(blocks, limit, continued)
  local slides, heading, count, has_caption = pandoc.List(), nil, 0, false
  local function go_on()
    if heading and count > 0 then
      local title = heading.content:clone()
      title:extend({pandoc.Space(), pandoc.Str('(' .. continued .. ')')})
      slides:insert(pandoc.Header(heading.level, title))
    end
    count = 0
  end
  for _, given in ipairs(blocks) do
    local whole = simplified(given)
    if has_caption then
      has_caption = false  -- Pandoc writes the picture's own below it
    elseif whole.t == 'Header' and whole.level <= 2 then
      heading, count = whole, 0
      slides:insert(whole)
    else
      for _, block in ipairs(divided(whole, limit)) do
        local size = length(block) + 40
        if count > 0 and (count + size > limit or stands_alone(block)) then go_on() end
        slides:insert(block)
        has_caption = is_picture(block)
        count = stands_alone(block) and limit or count + size
      end
    end
  end
  return slides
end
